#include "init/write/workflow.h"
#include "support/catch.h"

using namespace fairlead::init;

TEST_CASE("a workflow is written with all that every one needs") {
    Workflow workflow{.name = "a: b", .head = {"mine"}, .on = {"push:"}, .group = "g", .waits = ""};
    workflow.jobs.push_back({.id = "one",
                             .name = "one",
                             .minutes = 5,
                             .permissions = {{"contents", "read", "look"}},
                             .steps = {{.name = "x", .run = {"a", "b"}}}});
    CHECK(render(workflow) == R"(# mine
name: "a: b"
on:
  push:

permissions: {}

concurrency:
  group: g
  cancel-in-progress: true

defaults:
  run:
    shell: bash

jobs:
  one:
    name: one
    runs-on: ubuntu-24.04
    timeout-minutes: 5
    permissions:
      contents: read # look
    steps:
      - name: x
        run: |
          a
          b
)");
}
