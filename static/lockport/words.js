// The scripts' sentences in the page's language (lockport/script_words.py lists them); in English a page brings none.
(() => {
  "use strict";
  const block = document.getElementById("script-words");
  const words = block ? JSON.parse(block.textContent) : {};
  // say("You answered: %(answer)s.", { answer }) is the English sentence or its translation, with the values in place.
  window.say = (sentence, values = {}) => (words[sentence] ?? sentence).replace(/%\((\w+)\)s/g, (_, name) => values[name]);
})();
