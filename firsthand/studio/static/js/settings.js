// Show the knob's value while it moves.

const knob = document.querySelector("#retention");
knob.addEventListener("input", () => { document.querySelector("#retention-says").value = `${knob.value} %`; });
