#include "tag/template/template.h"
#include "tag/expressions.h"
#include "unit/tag/support.h"

using namespace fairlead;
using namespace fairlead::tag;

namespace {

const Names names = {
    {"branch", function([](const Arguments*) -> Result<Value> { return Value(std::string("feat=1")); })},
    {"tag", function([](const Arguments*) -> Result<Value> { return Value(std::string()); })},
    {"minor", 0.0},
    {"list", List{"a", "b"}}};

std::string rendered(const std::string& text) {
    Rendering rendering;
    const auto result = render(text, names, rendering);
    return result.ok() ? result.value() : "error: " + result.error().message;
}

}

TEST_CASE("an expression is replaced by its value, escaped for HTML unless it has three braces") {
    CHECK(rendered("a {{branch}} b") == "a feat&#x3D;1 b");
    CHECK(rendered("{{{branch}}}") == "feat=1");
    CHECK(rendered("{{&branch}}") == "feat=1");
    CHECK(rendered("{{ branch }}{{[branch]}}{{'branch'}}{{this.branch}}{{./branch}}{{@root.branch}}").size() == 6 * 11);
    CHECK(rendered("{{minor}}{{list}}{{list.[1]}}{{list.length}}{{foo}}") == "0a,bb2");
}

TEST_CASE("blocks choose, walk and look into values") {
    CHECK(rendered("{{#if branch}}y{{else}}n{{/if}}") == "y");
    CHECK(rendered("{{#if tag}}y{{else if branch}}e{{else}}n{{/if}}") == "e");
    CHECK(rendered("{{#if minor}}y{{else}}n{{/if}}{{#if minor includeZero=true}}z{{/if}}") == "nz");
    CHECK(rendered("{{#unless tag}}u{{/unless}}{{^tag}}-{{/tag}}") == "u");
    CHECK(rendered("{{#each list}}{{@index}}{{this}}{{#unless @last}},{{/unless}}{{/each}}") == "0a,1b");
    CHECK(rendered("{{#with list}}{{length}}{{../minor}}{{/with}}") == "20");
    CHECK(rendered("{{#list}}<{{this}}>{{/list}}") == "<a><b>");
}

TEST_CASE("comments vanish, a tilde takes blanks along, a backslash keeps an expression as text") {
    CHECK(rendered("a{{! c }}b{{!-- }} --}}c") == "abc");
    CHECK(rendered("a {{~branch~}} b") == "afeat&#x3D;1b");
    CHECK(rendered("\\{{branch}} {{minor}}") == "{{branch}} 0");
    CHECK(rendered("\\\\{{minor}}") == "\\0");
    CHECK(rendered("a\n{{#if branch}}\nb\n{{/if}}\nc") == "a\nb\nc");
}

TEST_CASE("quotes, names and the end of a tag are read as Handlebars reads them") {
    const std::pair<const char*, const char*> rows[] = {
        {"{{#if 'x\\'}}y{{/if}}", "y"}, // no other quote follows: the escaped one closes
        {"{{#if 'a\\'b'}}y{{/if}}", "y"},
        {"{{#if '}}'}}y{{/if}}", "y"},
        {"{{[branch]}}", "feat&#x3D;1"},
        {"{{#if [a b]}}y{{else}}n{{/if}}", "n"},
        {"a{{!--}}b", "ab"},
        {"{{elsewhere}}", ""},
        {"{{#if tag}}{{else~}} n{{/if}}", "n"},
        {"{{#if tag}}{{>p}}{{else}}n{{/if}}", "n"},
        {"{{!c}}{{minor}}", "0"},
        {"{{01}}{{-1.50}}{{'x'}}", ""}};
    for (const auto& [text, expected] : rows) {
        INFO(text);
        CHECK(rendered(text) == expected);
    }
    CHECK(rendered("{{#if a}}\n{{#if branch}}{{/foo}}") == "error: if doesn't match foo - 2:3");
    CHECK(rendered("{{> p}}") == "error: The partial p could not be found");
    CHECK(rendered("{{if 1 2}}") == "error: #if requires exactly one argument");
    CHECK(rendered("{{#each}}{{/each}}") == "error: Must pass iterator to #each");
    for (const auto* text : {"{{branch}}}", "{{{branch}}", "{{(branch)}}", "{{list.0}}", "{{branch}}{{{{raw}}}}",
                             "{{^if branch}}a{{else if tag}}b{{/if}}", "{{#if a}}b{{/if a}}", "{{#(if a)}}{{/if}}",
                             "{{#if tag}}a{{else}}b{{else}}c{{/if}}", "{{a b.c=1}}"})
        CHECK(rendered(text).find("error: Parse error on line 1") == 0);
}

TEST_CASE("only a template that is one tag and nothing else is the raw text") {
    const auto is_raw = [](const char* text) { return Template::parse(text)->is_only("raw"); };
    for (const auto* text : {"{{raw}}", "{{ raw }}", "{{{raw}}}", "{{&raw}}", "{{~raw~}}", "{{this.raw}}", "{{[raw]}}"})
        CHECK(is_raw(text));
    for (const auto* text : {"{{!c}}{{raw}}", "{{raw}} ", "{{~raw~}} ", "{{'raw'}}", "{{raw.x}}", "{{#raw}}{{/raw}}",
                             "raw", "{{raw}}.", "{{raw}}{{raw}}", "{{version}}"})
        CHECK_FALSE(is_raw(text));
    CHECK(Template::parse("{{#if major}}{{minor}}{{/if}}")->mentions("minor"));
}

TEST_CASE("what can't be read or called is refused with its place") {
    CHECK(rendered("{{foo 1}}") == "error: Missing helper: \"foo\"");
    for (const auto* text :
         {"{{", "{{a", "{{}}", "{{#if a}}", "{{/if}}", "{{else}}", "{{#a}}{{/b}}", "{{> p}}", "{{a b=}}", "{{a=b}}",
          "{{a..b}}", "{{(branch)}}", "{{#if}}x{{/if}}", "{{if}}", "{{'a}}", "{{minor 'x'}}", "{{a b=1 c}}"})
        CHECK(rendered(text).substr(0, 6) == "error:");
}

TEST_CASE("hundreds of blocks within each other are refused, not a stack overflow") {
    std::string deep;
    for (int i = 0; i < 100000; ++i) deep += "{{#if a}}";
    CHECK(rendered(deep).substr(0, 6) == "error:");
    CHECK(rendered("{{" + std::string(100000, '(') + "}}").substr(0, 6) == "error:");
}

TEST_CASE("the names of the facts") {
    const auto value = [](const std::string& event, const std::string& ref, const std::string& text) {
        tag::test::Decision decision;
        decision.event = event;
        decision.ref = ref;
        decision.inputs.tags = "type=raw,value=" + text;
        return decision.tags();
    };
    CHECK(value("push", "refs/heads/feat/x", "{{branch}}-{{tag}}") == "feat-x-");
    CHECK(value("push", "refs/tags/v1", "{{tag}}-{{base_ref}}") == "v1-main");
    CHECK(value("pull_request", "refs/pull/3/merge", "{{base_ref}}") == "develop");
    CHECK(value("push", "refs/heads/main", "{{is_default_branch}}-{{is_not_default_branch}}") == "true-false");
    CHECK(value("create", "refs/heads/x", "{{is_default_branch}}") == "true");
    CHECK(value("issue_comment", "refs/heads/x", "{{is_default_branch}}") == "false");
    CHECK(value("push", "refs/tags/v1.0.0-rc.1", "{{is_prerelease}}") == "true");
    CHECK(value("push", "refs/tags/1.0.0", "{{is_prerelease}}") == "false");
    CHECK(value("push", "refs/heads/main", "{{sha}}") == "860c190");
    CHECK(value("push", "refs/heads/main", "{{date 'YYYYMMDD-HHmmss' tz='Asia/Tokyo'}}") == "20240229-220509");
    CHECK(value("push", "refs/heads/main", "{{commit_date YYYY-MM-DD}}") == "2020-01-10T00-30-00Z");
    CHECK(value("push", "refs/heads/main", "{{date}}").substr(0, 6) == "error:");
    CHECK(value("push", "refs/heads/main", "{{date 'Y' foo=1}}") == "error: Unknown foo attribute");
}
