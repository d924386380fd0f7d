#include "tag/source/event.h"
#include "unit/tag/support.h"

using namespace fairlead;
using namespace fairlead::tag;
using tag::test::Decision;

namespace {

enum class In { tags, flavor, images, labels };
struct Row {
    In in;
    std::string text;
    std::string result; // the tags, or "error: " and the peer's message
    std::string note;   // begins the one warning that must be there; empty: none
};

const std::vector<Row>& rows() {
    static const std::string entry = "type=";
    static const std::vector<Row> all = {
        // the peer fails, so do we, with its message
        {In::tags, "type=foo", "error: Unknown tag type attribute: foo", ""},
        {In::tags, "type=Raw,value=x", "error: Unknown tag type attribute: Raw", ""},
        {In::tags, "type=raw", "error: Missing value attribute for type=raw", ""},
        {In::tags, "type=semver", "error: Missing pattern attribute for type=semver", ""},
        {In::tags, "type=match", "error: Missing pattern attribute for type=match", ""},
        {In::tags, "type=ref", "error: Missing event attribute for type=ref", ""},
        {In::tags, "type=ref,event=foo", "error: Invalid event for type=ref,event=foo", ""},
        {In::tags, "type=match,pattern=a,group=x", "error: Invalid match group for type=match,pattern=a,group=x", ""},
        {In::tags, "type=sha,format=x", "error: Invalid format for type=sha,format=x", ""},
        {In::tags, "x,enable=TRUE", "error: Invalid value for enable attribute: TRUE", ""},
        {In::tags, "x,value=\"y\"",
         "error: Invalid Opening Quote: a quote is found on field 1 at line 1, value is \"value=\"", ""},
        {In::tags, "\"x", "error: Quote Not Closed: the parsing is finished with an opening quote at line 1", ""},
        {In::tags, "value={{foo 1}}", "error: Missing helper: \"foo\"", ""},
        {In::tags, "value={{branch",
         "error: Parse error on line 1, column 1: an expression is not closed in `{{branch`", ""},
        {In::tags, "value={{#if branch}}",
         "error: Parse error on line 1, column 1: the block 'if' is not closed in `{{#if branch}}`", ""},
        {In::tags, "value={{date 'Y' foo=1}}", "error: Unknown foo attribute", ""},
        {In::tags, "value={{date}}", "error: {{date}} has no format", ""},
        {In::tags, "value={{date 'Y' tz=5}}", "error: Time zone name must be a string, got 5 [number]", ""},
        {In::tags, "type=semver,pattern={{date 'Y'}},value=1.0.0", "error: Missing helper: \"date\"", ""},
        {In::tags, "type=semver,pattern=x,value=v1.0.0,match=v.*", "error: v.* has no group that matched", ""},
        {In::tags, "type=match,pattern=(,value=x", "error: Invalid regular expression: /(/: Unterminated group", ""},
        {In::tags, "type=match,pattern=/x/q,value=x", "error: Invalid flags supplied to RegExp constructor 'q'", ""},
        {In::tags, "x,priority=high", "error: Invalid priority for x,priority=high", ""},
        {In::flavor, "bar", "error: Invalid flavor entry: bar", ""},
        {In::flavor, "latest=foo", "error: Invalid latest flavor entry: latest=foo", ""},
        {In::flavor, "prefix=a,onlatest=yes", "error: Invalid value for onlatest attribute: yes", ""},
        {In::flavor, "foo=bar", "error: Unknown flavor entry: foo=bar", ""},
        {In::images, "a/b,foo=bar", "error: Unknown image attribute: a/b,foo=bar", ""},
        {In::images, "a/b,enable=yes", "error: Invalid enable attribute value: a/b,enable=yes", ""},
        {In::images, "name=,enable=true", "error: Image name attribute empty: name=,enable=true", ""},
        {In::images, "a/b,name=c/d", "error: Image name given twice: a/b,name=c/d", ""},
        {In::labels, "k={{foo 1}}", "error: Missing helper: \"foo\"", ""},
        // the peer goes on: the same bytes and one warning, an error under strict
        {In::tags, "x,vlaue=y", "x", "attribute 'vlaue' is unknown to type raw and is ignored"},
        {In::tags, "x,value=y", "y", "attribute 'value' is given twice, and the last value counts"},
        {In::tags, "type=sha,", "sha-860c190", "'' has no meaning in a rule of type sha and is ignored"},
        {In::tags, "value={{branhc}}x", "x", "expression 'branhc' is unknown and gives an empty text"},
        {In::tags, "value={{inputs.version}}x", "x", "expression 'inputs.version' is unknown and gives an empty text"},
        {In::tags, "value={{date '[a=b]Y'}}", "a-x3D-b2024",
         "a value holds characters of HTML that are written as entities"},
        {In::tags, "value={{date 'HH' tz='+02:00'}}", "13", "time zone '+02:00' is unknown, so UTC is used"},
        {In::tags, "value=-x", "-x", "tag '-x' begins with '-', which registries refuse"},
        {In::tags, "value=.x", ".x", "tag '.x' begins with '.', which registries refuse"},
        {In::tags, "value=" + std::string(129, 'l'), std::string(129, 'l'),
         "tag '" + std::string(129, 'l') + "' has 129 characters"},
        {In::flavor, "onlatest=true", "main", "'onlatest' is on a line of its own and is ignored"},
        {In::flavor, "suffix={{brnach}}", "main", "expression 'brnach' is unknown and gives an empty text"},
        {In::flavor, "prefix=a=b", "amain", "'=b' after the value of 'prefix' is dropped"},
        {In::flavor, "latest=true\nprefix={{branch}}-,onlatest=true", "main-main -branch--latest",
         "expressions in a prefix or suffix are not rendered for the tag latest, which becomes '-branch--latest'"},
        {In::images, "a/b,", "a/b:main main", "an image without a name gives tags without an image"},
        {In::images, "a b", "a b:main", "image name 'a b' is refused by registries"},
        {In::images, "a,b\nc", "b:main c:main", "image name 'a' is replaced by 'b'"},
        {In::tags, "value={{date YYYY}}", "2024-02-29T13-05-09Z", "the format of {{date YYYY}} has no quotes"},
        {In::tags, "value={{date '[at] 5'}}", "at-5", "the format '[at] 5' of {{date}} holds nothing of a date"},
        {In::tags, "value={{sha 8}}", "860c190", "the text after 'sha' in {{sha}} is ignored"},
        // of rules that don't fire, too
        {In::tags, "x\ntype=semver,pattern={{verson}}", "x", "expression 'verson' is unknown and gives an empty text"},
        {In::tags, "x\ntype=semver,pattern=v{{date 'Y'}}", "x", "Missing helper: \"date\""},
        {In::tags, "x\ntype=pep440,pattern={{#if minro}}{{minor}}{{/if}}", "x", "expression 'minro' is unknown"},
        {In::tags, "x\ntype=schedule,pattern={{branch}}", "x", "expression 'branch' is unknown"},
        {In::tags, "x\ntype=schedule,pattern={{date}}", "x", "{{date}} has no format"},
        {In::tags, "x\ntype=schedule,pattern={{date 'YY' tz='Asia/Tokio'}}", "x", "time zone 'Asia/Tokio' is unknown"},
        {In::tags, "x\ntype=ref,event=pr,prefix={{bracnh}}", "x", "expression 'bracnh' is unknown"},
        {In::tags, "x\ntype=sha,suffix={{tga}},enable=false", "x", "expression 'tga' is unknown"},
        {In::tags, "x\ntype=semver,pattern={{version}},match=v.*", "x", "v.* has no group"},
        {In::tags, "x\ntype=match,pattern=(", "x", "Invalid regular expression: /(/: Unterminated group"},
        {In::tags, "x\ntype=match,pattern=v(.),group=2", "x", "the pattern v(.) has no group 2"},
        {In::tags, "x\ntype=raw,value={{branch}}y,enable={{#if branch}}false{{else}}no{{/if}}", "x",
         "'no' is not true or false"},
        {In::tags, "x\ny,enable={{#if branch}}false{{/if}}", "x", "'' is not true or false"},
        {In::tags, "x\ny,enable={{#if is_default_branch}}false{{else}}true{{/if}}", "x",
         "'is_default_branch' is the text true or false"},
        {In::tags, "x\ntype=edge,branch={{branch}}", "x", "branch '{{branch}}' is used exactly as written"},
        {In::labels, "k={{date 'Y' tz='+1'}}", "main", "time zone '+1' is unknown"},
        {In::labels, "nothing", "main", "entry 'nothing' has no '=' and is dropped"},
        {In::labels, "=x", "main", "entry '=x' has no key"},
    };
    return all;
}

Decision decision_for(const Row& row) {
    Decision decision;
    auto& inputs = decision.inputs;
    (row.in == In::tags     ? inputs.tags
     : row.in == In::flavor ? inputs.flavor
     : row.in == In::images ? inputs.images
                            : inputs.labels) = row.text;
    return decision;
}

std::vector<Note> faults(const Run& run) {
    std::vector<Note> all;
    for (const auto& note : run.notes.all())
        if (note.weight == Weight::fault) all.push_back(note);
    return all;
}

}

TEST_CASE("forty wrong inputs: the peer's error, or its bytes and one warning that strict makes an error") {
    CHECK(rows().size() >= 40);
    for (const auto& row : rows()) {
        INFO(row.text);
        auto decision = decision_for(row);
        CHECK(decision.tags() == row.result);
        const auto made = decision.run();
        decision.inputs.strict = Strict::yes;
        const auto strict = decision.run();
        REQUIRE_FALSE(strict.ok());
        CHECK(strict.error().kind == Kind::usage);
        // the line of the input and what is allowed
        const auto& message = strict.error().message;
        REQUIRE(message.find('\n') != std::string::npos);
        const auto place = message.substr(message.find('\n'));
        CHECK(place.find(", line ") != std::string::npos);
        CHECK(place.find("; ") != std::string::npos);
        if (!made.ok()) continue;
        const auto notes = faults(made.value());
        REQUIRE(notes.size() == 1);
        CHECK(notes[0].message.substr(0, row.note.size()) == row.note);
        CHECK_FALSE(notes[0].way_out.empty());
        CHECK(strict.error().message.find(notes[0].message) == 0);
    }
}

TEST_CASE("what is written well gives no warning, whatever the event") {
    Decision decision;
    decision.inputs.tags = "type=schedule,pattern={{date 'YYYYMMDD' tz='Europe/Berlin'}}\n"
                           "type=semver,pattern={{#if minor}}{{major}}.{{minor}}{{else}}{{major}}{{/if}}\n"
                           "type=match,pattern=v(\\d+),group=1\n"
                           "type=raw,value={{branch}}-{{sha}},enable={{is_default_branch}}\n"
                           "type=raw,value=x,enable={{#if tag}}true{{else}}false{{/if}}\n"
                           "type=raw,value=y,enable={{#if tag}}true{{/if}}{{#unless tag}}false{{/unless}}";
    decision.inputs.flavor = "prefix={{#if base_ref}}{{base_ref}}-{{/if}}";
    decision.inputs.labels = "built={{commit_date 'X'}}";
    decision.inputs.strict = Strict::yes;
    CHECK(decision.tags() == "main-860c190");
}

TEST_CASE("latest that a rule gives, too, is listed twice with a warning") {
    Decision decision;
    decision.inputs.tags = "type=raw,value=latest";
    decision.inputs.flavor = "latest=true";
    CHECK(decision.tags() == "latest latest");
    CHECK(faults(decision.run().value()).size() == 1);
}

TEST_CASE("a match that does not match leaves the text, under strict it gives no tag") {
    Decision decision;
    decision.ref = "refs/tags/v1.2.3";
    decision.inputs.tags = "type=semver,pattern={{version}},match=^api/(.*)\ntype=sha";
    CHECK(decision.tags() == "1.2.3 sha-860c190 latest");
    decision.inputs.strict = Strict::yes;
    CHECK(decision.tags() == "sha-860c190");
}

TEST_CASE("a pattern made to backtrack is given up, not waited for") {
    Decision decision;
    decision.inputs.tags = "type=match,pattern=^(a+)+$,value=" + std::string(64, 'a') + "b";
    CHECK(decision.tags().find("was stopped") != std::string::npos);
}

TEST_CASE("an event is read for what it says about commit, pull request and repository") {
    Notes notes;
    const auto event = parse_event(
        R"({"number":15,"base_ref":null,"commits":[{"id":"a","timestamp":"t1","author":{"id":"x"}},{"timestamp":"t2","id":"b"}],
        "repository":{"name":"shop","description":null,"owner":{"login":"acme"},"license":{"spdx_id":"MIT"},"default_branch":"trunk"},
        "pull_request":{"head":{"sha":"h","repo":{"name":"no"}},"base":{"ref":"develop"},"labels":[{"name":"a"},{"id":1},{"name":"b"}]},"deep":{"repository":{"name":"no"}}})",
        "event.json", notes);
    REQUIRE(event.ok());
    const auto& e = event.value();
    CHECK(e.number == "15");
    CHECK_FALSE(e.base_ref);
    CHECK(e.head_sha == "h");
    CHECK(e.pull_base_ref == "develop");
    CHECK(e.pull_labels == std::vector<std::string>{"a", "b"});
    REQUIRE(e.commits.size() == 2);
    CHECK(e.commits[1].first == "b");
    CHECK(e.commits[1].second == "t2");
    CHECK(e.name == "shop");
    CHECK_FALSE(e.description);
    CHECK(e.owner == "acme");
    CHECK(e.licence == "MIT");
    CHECK(e.default_branch == "trunk");
}

TEST_CASE("an event that is no JSON is refused, one that is no object counts as empty") {
    Notes notes;
    for (const auto* text : {"", "{", "null", "{\"a\":}", "[1", "\x01"}) {
        INFO(text);
        const auto event = parse_event(text, "event.json", notes);
        REQUIRE_FALSE(event.ok());
        CHECK(event.error().kind == Kind::usage);
    }
    CHECK(notes.all().empty());
    CHECK(parse_event("[{\"number\":1}]", "event.json", notes).ok());
    CHECK(notes.all().size() == 1);
}
