import assert from "node:assert/strict";
import { test } from "node:test";
import { countOf, merge } from "./messages.js";

test("the newest comes first, each once", () => {
  const merged = merge([{ id: 1, words: null }], [{ id: 2, words: null }, { id: 1, words: 3 }]);
  assert.deepEqual(merged, [{ id: 2, words: null }, { id: 1, words: 3 }]);
});

test("a count that came before the answer stays", () => {
  assert.deepEqual(merge([{ id: 1, words: 3 }], [{ id: 1, words: null }]), [{ id: 1, words: 3 }]);
});

test("a count that isn't there yet is said", () => {
  assert.equal(countOf({ words: null }), "being counted");
  assert.equal(countOf({ words: 0 }), "0 words");
});
