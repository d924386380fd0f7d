#include "tag/explain.h"
#include "unit/tag/support.h"

using namespace fairlead;
using namespace fairlead::tag;
using tag::test::Decision, tag::test::tags_for;

TEST_CASE("the default rules name branches, tags, pull requests and schedules") {
    CHECK(tags_for("refs/heads/main", "") == "main");
    CHECK(tags_for("refs/heads/feat/a#b", "") == "feat-a-b");
    CHECK(tags_for("refs/tags/v2.0.0-rc.1", "") == "v2.0.0-rc.1 latest");
    CHECK(tags_for("refs/pull/15/merge", "") == "pr-15");
    CHECK(tags_for("refs/heads/gh-readonly-queue/main/pr-104-ab", "") == "gh-readonly-queue-main-pr-104-ab");
    CHECK(tags_for("", "") == "");
    Decision scheduled;
    scheduled.event = "schedule";
    CHECK(scheduled.tags() == "nightly main");
}

TEST_CASE("rules are asked by priority, equal ones as written, and doubles are dropped") {
    CHECK(tags_for("refs/heads/main",
                   "type=raw,a\ntype=sha\ntype=ref,event=branch\ntype=raw,b,priority=0x400\ntype=raw,a\ntype=raw,b") ==
          "b main a sha-860c190");
    CHECK(tags_for("refs/heads/main", "type=raw,value=x,enable={{is_default_branch}}\ntype=raw,value=y,enable=false") ==
          "x");
}

TEST_CASE("a rule's prefix and suffix replace the flavor's") {
    CHECK(tags_for("refs/heads/main", "type=raw,a\ntype=raw,b,prefix=,suffix=\ntype=sha", "prefix=p-\nsuffix=-s") ==
          "p-a-s b sha-860c190-s");
    CHECK(tags_for("refs/pull/1/merge", "type=ref,event=pr,prefix={{base_ref}}-") == "develop-1");
}

TEST_CASE("the first rule with a value decides on latest") {
    CHECK(tags_for("refs/tags/v1.2.3", "type=semver,pattern={{version}}\ntype=semver,pattern={{major}}") ==
          "1.2.3 1 latest");
    CHECK(tags_for("refs/tags/v1.2.3", "type=semver,pattern={{version}}\ntype=raw,x,priority=5000") == "x 1.2.3");
    CHECK(tags_for("refs/tags/v1.2.3-rc.1", "type=semver,pattern={{major}}") == "1.2.3-rc.1");
    CHECK(tags_for("refs/tags/v1.2.3-rc.1", "type=semver,pattern={{major}}.{{minor}},prerelease=true") == "1.2");
    CHECK(tags_for("refs/heads/main", "type=raw,x", "latest=true") == "x latest");
    CHECK(tags_for("refs/tags/v1.2.3", "", "latest=false") == "v1.2.3");
    CHECK(tags_for("refs/heads/main", "", "latest=default-branch") == "main latest");
    CHECK(tags_for("refs/heads/other", "", "latest=default-branch") == "other");
    CHECK(tags_for("refs/tags/v1.2.3", "", "prefix=a-,onlatest=true\nsuffix=-b") == "a-v1.2.3-b a-latest");
    CHECK(tags_for("refs/heads/main", "type=semver,pattern={{version}}", "latest=true") == "");
}

TEST_CASE("match takes a group of the first match of a script's pattern") {
    const auto match = [](const std::string& rest) {
        return tags_for("refs/tags/p1/v1.20.3", "type=match," + rest, "latest=false");
    };
    CHECK(match("pattern=\\d+\\.\\d+") == "1.20");
    CHECK(match("pattern=v(.*)\\.(\\d),group=2") == "3");
    CHECK(match("pattern=(?<=v)\\d+") == "1");
    CHECK(match("pattern=/P1/i") == "p1");
    CHECK(match("pattern=/(\\d+)/g,group=2") == "20");
    CHECK(match("pattern=(x)?v,group=1") == "");
    CHECK(match("pattern=(\\d),group=01") == "");
    CHECK(match("pattern=b+,value=abbc") == "bb");
}

TEST_CASE("sha, edge and raw") {
    CHECK(tags_for("refs/heads/main", "type=sha,format=long,prefix=") == tag::test::sha);
    CHECK(tags_for("refs/heads/main", "type=edge\ntype=edge,branch=dev") == "edge");
    CHECK(tags_for("refs/heads/dev", "type=edge\ntype=edge,branch=dev,prefix=d-") == "d-edge");
    CHECK(tags_for("refs/tags/main", "type=edge") == "");
    CHECK(tags_for("refs/heads/main", "type=raw,value=,prefix=p-\ntype=raw,value=") == "p-");
    CHECK(tags_for("refs/heads/main", "=foo//bar ü") == "-foo-bar-");
}

TEST_CASE("a wrong length of short ids only matters where one is asked for") {
    Decision decision;
    decision.short_sha_length = "x";
    decision.inputs.tags = "type=sha,format=long\ntype=raw,{{branch}}";
    CHECK(decision.tags() == "main sha-" + tag::test::sha);
    decision.inputs.tags = "type=sha";
    CHECK(decision.tags() == "error: DOCKER_METADATA_SHORT_SHA_LENGTH is not a valid number: x");
    decision.short_sha_length = "0x4";
    CHECK(decision.tags() == "sha-860c");
}

TEST_CASE("the first named argument of a date counts, and pep440's names take arguments") {
    CHECK(tags_for("refs/heads/main", "value={{date 'HH' tz='Asia/Tokyo' tz='UTC'}}") == "22");
    CHECK(tags_for("refs/heads/main", "value={{date 'HH' 'mm'}}").find("error: {{date}} takes only one format") == 0);
    CHECK(tags_for("refs/tags/1.2", "type=pep440,pattern={{major x=1}}.{{minor}}", "latest=false") == "1.2");
}

TEST_CASE("what was decided before a wrong label or annotation is put out") {
    Decision decision;
    decision.inputs.annotations = "a={{foo 1}}";
    const auto run = decision.made();
    REQUIRE(run.ok());
    REQUIRE(run->refused);
    CHECK(run->refused->message.find("Missing helper: \"foo\"") == 0);
    CHECK(run->metadata.tags == std::vector<std::string>{"main"});
    CHECK(run->metadata.labels.size() == 8);
    CHECK(run->metadata.annotations.empty());
}

TEST_CASE("JSON leaves out what no script's object holds, bake files the levels behind a colon") {
    Decision decision;
    decision.inputs.labels = "__proto__=x";
    decision.variables["DOCKER_METADATA_ANNOTATIONS_LEVELS"] = "manifest,a:b,index";
    const auto run = decision.run();
    REQUIRE(run.ok());
    CHECK(lines_of(run->metadata.labels)[0] == "__proto__=x");
    CHECK(to_json(run->metadata).find("__proto__") == std::string::npos);
    CHECK(to_json(run->metadata).find("\"a:b:org") != std::string::npos);
    CHECK(bake_file(run->metadata, Bake::annotations).find("\"a:org") != std::string::npos);
    CHECK(bake_file(run->metadata, Bake::annotations).find("index") == std::string::npos);
}

TEST_CASE("images carry the tags one after the other") {
    Decision decision;
    decision.inputs.tags = "type=raw,a\ntype=raw,b";
    decision.inputs.images = "Acme/App\nname=ghcr.io/x,enable=false\nname=ghcr.io/y,suffix=-slim,tags=b latest";
    CHECK(decision.tags() == "acme/app:a acme/app:b ghcr.io/y:b-slim");
    decision.inputs.images = "ghcr.io/ÉCOLE";
    CHECK(decision.tags() == "ghcr.io/école:a ghcr.io/école:b");
    decision.inputs.images = "a/b, c/d";
    CHECK(decision.tags() == "a/b:a a/b:b c/d:a c/d:b");
    decision.inputs.images = "name=a/b,enable=false";
    CHECK(decision.tags() == "a b");
}

TEST_CASE("labels begin with what is known, custom ones replace them, sorted by key") {
    Decision decision;
    decision.inputs.labels = "org.opencontainers.image.title=Mine=x\nio_x=1\nio-x=2\nB=3\na={{branch}}\n=e";
    decision.inputs.annotations = "k=v";
    decision.variables["DOCKER_METADATA_ANNOTATIONS_LEVELS"] = "manifest,index";
    const auto run = decision.run();
    REQUIRE(run.ok());
    const auto lines = lines_of(run.value().metadata.labels);
    CHECK(lines[0] == "=e");
    CHECK(lines[1] == "a=main");
    CHECK(lines[2] == "B=3");
    CHECK(lines[3] == "io_x=1");
    CHECK(lines[5] == "org.opencontainers.image.created=2024-02-29T13:05:09.000Z");
    CHECK(lines[10] == "org.opencontainers.image.title=Mine=x");
    const auto annotations = annotation_lines(run.value().metadata);
    CHECK(annotations.size() == 18);
    CHECK(annotations[9] == "index:k=v");
}

TEST_CASE("JSON, bake files and the formats of standard output") {
    Decision decision;
    decision.inputs.images = "a/b";
    decision.inputs.labels = "q=it's\n2=x\n10=y";
    const auto run = decision.run();
    REQUIRE(run.ok());
    const auto& metadata = run.value().metadata;
    const auto json = to_json(metadata);
    CHECK(json.find("{\"tags\":[\"a/b:main\"],\"tag-names\":[\"main\"],\"labels\":{\"2\":\"x\",\"10\":\"y\",\"org.") ==
          0);
    const auto bake = bake_file(metadata, Bake::tags);
    CHECK(
        bake ==
        "{\n  \"target\": {\n    \"docker-metadata-action\": {\n      \"tags\": [\n        \"a/b:main\"\n      ],\n    "
        "  \"args\": {\n"
        "        \"DOCKER_META_IMAGES\": \"a/b\",\n        \"DOCKER_META_VERSION\": \"main\"\n      }\n    }\n  }\n}");
    CHECK(format_docker_args(metadata).find("--label 'q=it'\\''s'") != std::string::npos);
    CHECK(format_env({{"tag-names", "a b"}}) == "DOCKER_METADATA_OUTPUT_TAG_NAMES='a b'\n");
}

TEST_CASE("an explanation says of every rule what became of it and why") {
    Decision decision;
    decision.ref = "refs/tags/v1.2.9";
    decision.repository_tags = {"v2.0.0"};
    decision.inputs.flavor = "latest=highest";
    decision.inputs.tags = "type=semver,pattern={{version}}\ntype=edge\ntype=raw,x,enable=false";
    const auto run = decision.run();
    REQUIRE(run.ok());
    const auto text = explain_text(run.value());
    for (const auto* part : {"version 1.2.9: 1.2.9 is a release", "no tag: 'refs/tags/v1.2.9' is not a branch",
                             "no tag: disabled", "- latest\n      tag 'v2.0.0' of the repository is higher"})
        CHECK(text.find(part) != std::string::npos);
    CHECK(explain_json(run.value()).find("\"fired\":true") != std::string::npos);
}
