// Starts the library above with what the page brings.
(() => {
  const read = (name) => JSON.parse(document.getElementById(name).textContent);
  createDeck({ container: document.getElementById("deck"), jsonInput: read("deck-data"), tooltip: read("deck-tooltip") });
})();
