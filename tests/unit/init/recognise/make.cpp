#include "support/catch.h"
#include "unit/init/found.h"

using fairlead::join;
using namespace fairlead::init;

TEST_CASE("a Makefile's targets are its commands") {
    const auto part =
        only({{"Makefile", "CC := cc\nall: kilo\nkilo: kilo.c\n\tcc x: y\n.PHONY: check lint\ncheck lint:\n\t./t\n"}});
    CHECK(part.manager == "make");
    CHECK(commands(part.test) == "make check\n");
    CHECK(commands(part.lint) == "make lint\n");
    CHECK(commands(part.build) == "make all\n");
    CHECK(says(part, "the output of make check is not known to be a report"));
    CHECK(evidence(part).empty());
    CHECK(says(only({{"Makefile", "all:\n"}}), "Makefile has no target test or check"));
}

TEST_CASE("a Makefile beside a language's manifest, and below it, makes no part") {
    CHECK(only({{"Makefile", "test:\n"}, {"go.mod", "module a\n"}, {"tools/Makefile", "test:\n"}}).language ==
          Language::go);
}

TEST_CASE("a folder with nothing but a container file is told") {
    const auto worker = only({{"worker/Dockerfile", "FROM x\n"}, {"worker/Program.cs", ""}});
    CHECK(worker.folder == "worker");
    CHECK(worker.dockerfile == "worker/Dockerfile");
    CHECK(says(worker, "only Dockerfile is here"));
}
