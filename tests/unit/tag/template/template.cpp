#include "tag/template/template.h"
#include "tag/expressions.h"
#include "unit/tag/support.h"

using namespace fairlead;
using namespace fairlead::tag;

namespace {

Name name_of(Value value) {
    return {[value](const auto&) { return Result<Value>(value); }};
}
const Names names = {
    {"branch", name_of({"feat=1", true})}, {"tag", name_of({"", false})}, {"minor", name_of({"0", false})}};

std::string rendered(const std::string& text) {
    bool escaped = false;
    const auto parsed = Template::parse(text);
    const auto result = parsed.ok() ? parsed->render(names, escaped) : parsed.error();
    return result.ok() ? result.value() : "error: " + result.error().message;
}

}

TEST_CASE("an expression is replaced by its value, escaped for HTML unless it has three braces") {
    CHECK(rendered("a {{branch}} b") == "a feat&#x3D;1 b");
    CHECK(rendered("{{{branch}}}") == "feat=1");
    CHECK(rendered("{{&branch}}{{~{branch}}}") == "feat=1feat=1");
    CHECK(rendered("{{ branch }}{{minor}}{{foo}}") == "feat&#x3D;10");
}

TEST_CASE("a condition chooses one of its arms") {
    CHECK(rendered("{{#if branch}}y{{else}}n{{/if}}") == "y");
    CHECK(rendered("{{#if tag}}y{{else if branch}}e{{else}}n{{/if}}") == "e");
    CHECK(rendered("{{#if tag}}y{{else if foo}}e{{else}}n{{/if}}") == "n");
    CHECK(rendered("{{#if minor}}y{{else}}n{{/if}}") == "n");
    CHECK(rendered("{{#unless tag}}u{{#if branch}}{{minor}}{{/if}}{{/unless}}") == "u0");
    CHECK(rendered("{{#if tag}}{{else unless tag}}u{{/if}}") == "u");
}

TEST_CASE("a path is a name that stands for nothing") {
    CHECK(rendered("a{{inputs.tag}}{{{ needs.version.outputs.major }}}{{branch.length}}") == "a");
    CHECK(rendered("{{#if matrix.os}}y{{else}}n{{/if}}") == "n");
    CHECK(rendered("{{a.b 1}}") == "error: Missing helper: \"a.b\"");
    for (const auto* text : {"{{.a}}", "{{a.}}", "{{a..b}}", "{{if.a}}", "{{a.[b]}}", "{{#if a.}}{{/if}}"})
        CHECK(rendered(text).starts_with("error: Parse error"));
}

TEST_CASE("comments vanish, a tilde takes blanks along, a backslash keeps an expression as text") {
    CHECK(rendered("a{{! c }}b{{!-- }} --}}c{{!--}}d{{!-- x --~}} e") == "abcde");
    CHECK(rendered("a {{~branch~}} b") == "afeat&#x3D;1b");
    CHECK(rendered("{{#if tag}}{{else~}} n{{/if}} {{~!c}}") == "n");
    CHECK(rendered("\\{{branch}} {{minor}}") == "{{branch}} 0");
    CHECK(rendered("\\{{branch}}\\{{minor}}") == "{{branch}}{{minor}}");
    CHECK(rendered("\\\\{{minor}}") == "\\0");
    CHECK(rendered("{{branch~}}} {{!x}}}") == "feat&#x3D;1} }");
    CHECK(rendered("a\nb{{minor}}") == "a\nb0");
    CHECK(rendered("{{minor '}}'}}{{minor \"it's\" x='}}'}}") == "00");
}

TEST_CASE("only a template that is one tag and nothing else is the raw text") {
    const auto is_raw = [](const char* text) { return Template::parse(text)->is_only("raw"); };
    for (const auto* text : {"{{raw}}", "{{ raw }}", "{{{raw}}}", "{{&raw}}", "{{~raw~}}"}) CHECK(is_raw(text));
    for (const auto* text : {"{{!c}}{{raw}}", "{{raw}} ", "{{~raw~}} ", "{{#if raw}}{{/if}}", "raw", "{{raw}}.",
                             "{{raw}}{{raw}}", "{{version}}"})
        CHECK_FALSE(is_raw(text));
    CHECK(Template::parse("{{#if major}}a{{else}}{{#if a}}{{minor}}{{/if}}{{/if}}")->mentions("minor"));
    CHECK_FALSE(Template::parse("minor")->mentions("minor"));
}

TEST_CASE("what the world does not write is refused with its place") {
    const std::pair<const char*, const char*> rows[] = {
        {"{{", "an expression is not closed"},
        {"{{a", "an expression is not closed"},
        {"{{'a}}", "an expression is not closed"},
        {"{{{branch}}", "an expression is not closed"},
        {"{{branch}}}", "an expression is closed with an extra brace"},
        {"{{{!branch}}", "an expression is not closed"},
        {"{{{!-- branch}}}", "'!-- branch' is not a name"},
        {"{{{branch}}}}", "an expression is closed with an extra brace"},
        {"{{! a", "an expression is not closed"},
        {"{{}}", "a name is missing"},
        {"{{#if a}}", "the block 'if' is not closed"},
        {"{{/if}}", "a block ends that was not begun"},
        {"{{else}}", "`else` is outside a block"},
        {"{{#if tag}}a{{else}}b{{else}}c{{/if}}", "a second `else`"},
        {"{{#if a}}{{/unless}}", "if doesn't match unless"},
        {"{{#if a}}{{/if a}}", "if doesn't match if a"},
        {"{{#if}}x{{/if}}", "'if' takes a single name, not ''"},
        {"{{#if a b=1}}x{{/if}}", "'if' takes a single name, not 'a b=1'"},
        {"{{#if 'x'}}y{{/if}}", "'if' takes a single name, not ''x''"},
        {"{{#if this}}y{{/if}}", "'if' takes a single name, not 'this'"},
        {"{{#each tag}}y{{/each}}", "'{{#each tag}}' is not available"},
        {"{{#with tag}}y{{/with}}", "'{{#with tag}}' is not available"},
        {"{{#tag}}y{{/tag}}", "'{{#tag}}' is not available"},
        {"{{#if a}}b{{else with c}}d{{/if}}", "'{{#with c}}' is not available"},
        {"{{if}}", "'if' is not available"},
        {"{{lookup tag 1}}", "'lookup' is not available"},
        {"{{log tag}}", "'log' is not available"},
        {"{{this}}", "'this' is not available"},
        {"{{this.branch}}", "'this.branch' is not a name"},
        {"{{../branch}}", "'../branch' is not a name"},
        {"{{@index}}", "'@index' is not a name"},
        {"{{[branch]}}", "'[branch]' is not a name"},
        {"{{'branch'}}", "''branch'' is not a name"},
        {"{{(branch)}}", "'(branch)' is not a name"},
        {"{{^branch}}{{/branch}}", "'^branch' is not a name"},
        {"{{> p}}", "'> p' is not a name"},
        {"{{{{raw}}}}", "an expression is closed with an extra brace"},
        {"{{a (b)}}", "'(b)' is not expected"},
        {"{{a b=}}", "a value is missing"},
        {"{{a b.c=1}}", "'=1' is not expected"},
        {"{{a 'b'c}}", "'c' is not expected"},
        {"{{a 'b\\'}}", "''b\\'' is not expected"},
        {"a\n{{#if tag}}\nb{{/if}}", "a block or comment in a text of several lines is not available"},
    };
    for (const auto& [text, expected] : rows) {
        INFO(text);
        const auto error = rendered(text);
        CHECK(error.starts_with("error: Parse error on line "));
        CHECK(error.find(std::string(": ") + expected + " in `") != std::string::npos);
    }
    CHECK(rendered("a\nb{{branch").find("on line 2, column 2:") != std::string::npos);
    CHECK(rendered("{{foo 1}}") == "error: Missing helper: \"foo\"");
}

TEST_CASE("hundreds of blocks within each other are refused, not a stack overflow") {
    std::string deep;
    for (int i = 0; i < 100000; ++i) deep += "{{#if a}}";
    CHECK(rendered(deep).find("nested too deeply") != std::string::npos);
    deep = "{{#if a}}";
    for (int i = 0; i < 100000; ++i) deep += "{{else if a}}";
    CHECK(rendered(deep + "{{/if}}").find("nested too deeply") != std::string::npos);
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
