/* What a reader reads comes before the names of code, and before what has changed. */
var Scorer = {
  score: ([page, , , , score]) =>
    /^reference\/(api\/|changelog|contributing)/.test(page) ? score / 10 : score,
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
};
