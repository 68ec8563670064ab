"""Texts that would do harm if a page took them for markup or script."""

PAYLOADS = [
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "</title></svg></style><svg onload=alert(1)>",
    "${alert(1)}",
    "`${alert(1)}`",
    "javascript:alert(1)",
    '" onmouseover="alert(1)',
    "' onfocus='alert(1)' autofocus='",
    "<!-- <script>",
    "]]><b>",
    "a\u2028alert(1)\u2029",
    "&lt;script&gt;",
    "\x00\x1b[31m\ud800",
    "<a href='javascript:alert(1)'>",
]
