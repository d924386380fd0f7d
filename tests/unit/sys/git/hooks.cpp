#include "support/catch.h"
#include "unit/sys/git_sandbox.h"

using namespace fairlead;
using By = sys::HooksFolder::By;

TEST_CASE("hooks lie in the git folder that all work trees share, also those of a submodule") {
    test::Sandbox box, inner;
    inner.commit("a", "1\n");
    box.commit("a", "1\n");
    box.git("worktree add -q wt");
    box.git("submodule -q add '" + inner.folder + "' sub");
    CHECK(box.open().hooks_folder().path == box.folder + "/.git/hooks");
    CHECK(box.open("/wt").hooks_folder().path == box.folder + "/.git/hooks");
    CHECK(box.open("/sub").hooks_folder().path == box.folder + "/.git/modules/sub/hooks");
    CHECK(box.open().hooks_folder().by == By::git);
}

TEST_CASE("core.hooksPath starts where hooks run, and may be the setting of one work tree") {
    test::Sandbox box;
    box.commit("a", "1\n");
    box.git("worktree add -q wt");
    box.git("config core.hooksPath ./tools/../hooks/");
    CHECK(box.open("/wt").hooks_folder().path == box.folder + "/wt/hooks");
    CHECK(box.open("/wt").hooks_folder().by == By::repository);
    CHECK(box.open("/wt").hooks_folder().written == "./tools/../hooks/");
    box.git("config core.hooksPath /elsewhere/hooks");
    CHECK(box.open().hooks_folder().path == "/elsewhere/hooks");
    box.git("config extensions.worktreeConfig true");
    box.git("-C wt config --worktree core.hooksPath own");
    CHECK(box.open("/wt").hooks_folder().path == box.folder + "/wt/own");
    CHECK(box.open().hooks_folder().path == "/elsewhere/hooks");
}
