#include "preflight/rows/form.h"
#include "base/printable.h"
#include "base/text.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::preflight {

namespace {

constexpr std::size_t longest_message = 160;

struct RowFiles {
    std::string_view name;
    std::vector<std::string_view> things; // the first where `each` isn't said
};
std::span<const RowFiles> file_kinds() {
    static const RowFiles kinds[] = {
        {"compose", {"service", "lasting"}},
        {"kubernetes", {"object", "pod", "container", "server"}},
        {"workflow", {"file", "job", "step"}},
        {"dockerfile", {"instruction"}},
        {"env", {"variable"}},
        {"yaml", {"file"}},
        {"text", {"line"}},
    };
    return kinds;
}

Result<std::optional<std::int64_t>> number_of(const std::string& text) {
    const auto number = TRY(parse_integer(text));
    return std::optional(number);
}

const config::Rows<Condition>& condition_rows() {
    static const config::Rows<Condition> rows = {
        {"is", &Condition::is, "The value is in this list, in upper or lower case."},
        {"is_not", &Condition::is_not, "There is a value, and it is not in this list."},
        {"has", &Condition::has, "The list has at least one of these entries."},
        {"lacks", &Condition::lacks, "The list has none of these entries, or doesn't exist."},
        {"matches", &Condition::matches, "This expression (RE2) matches somewhere in the value."},
        {"except", &Condition::except, "Values that don't count as a match."},
        {"above", {&Condition::above, Type::integer, number_of}, "The number is above this number."},
        {"below", {&Condition::below, Type::integer, number_of}, "The number is below this number."},
        {"missing", &Condition::missing, "There is no value."},
        {"present", &Condition::present, "There is a value."},
    };
    return rows;
}

Result<void> check_condition(const config::Value& at, Condition& condition) {
    const int asked = int(!condition.is.empty()) + int(!condition.is_not.empty()) + int(!condition.has.empty()) +
                      int(!condition.lacks.empty()) + int(!condition.matches.empty()) + int(condition.missing) +
                      int(condition.present) + int(condition.above || condition.below);
    if (asked != 1)
        return at.error(fmt::format("{} conditions are given here; write exactly one of is, is_not, has, lacks, "
                                    "matches, above, below, missing and present",
                                    asked == 0 ? "no" : std::to_string(asked)));
    if (!condition.except.empty() && condition.matches.empty())
        return at["except"].error("except is only allowed with matches; remove it");
    if (condition.matches.empty()) return {};
    auto pattern = sys::Pattern::compile(condition.matches);
    if (!pattern.ok()) return at["matches"].error("matches: " + pattern.error().message);
    condition.pattern = std::make_shared<const sys::Pattern>(std::move(pattern).value());
    return {};
}

Result<void> read_condition(const config::Value& at, Condition& condition) {
    TRY_VOID(condition_rows().read(at, condition));
    return check_condition(at, condition);
}

Result<void> read_wrong(const config::Value& at, RuleRow& row) { return read_condition(at, row.wrong); }
Result<void> read_where(const config::Value& at, RuleRow& row) {
    for (const auto& [key, value] : at.entries()) {
        row.where.push_back({key, {}});
        TRY_VOID(read_condition(value, row.where.back().condition));
    }
    return {};
}

bool is_id(std::string_view text) {
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz0123456789-";
    return !text.empty() && text.front() >= 'a' && text.front() <= 'z' && text.back() != '-' &&
           text.find('-') != text.npos && text.find_first_not_of(letters) == text.npos;
}

Result<void> check_message(const config::Value& row, const std::string& message) {
    if (code_points(message) > longest_message)
        return row["message"].error(
            fmt::format("message is longer than {} characters; move the rest to why", longest_message));
    for (auto at = message.find('{'); at != message.npos; at = message.find('{', at + 1)) {
        const auto end = std::min(message.find('}', at), message.size() - 1);
        const auto word = message.substr(at, end - at + 1);
        if (word != "{thing}" && word != "{key}" && word != "{value}")
            return row["message"].error(fmt::format(
                "message: {} is not a placeholder; expected {{thing}}, {{key}} or {{value}}", one_line(word)));
    }
    return {};
}

// What means something only beside something else.
Result<void> check_whole(const config::Value& at, RuleRow& row) {
    row.place = at.place();
    if (!is_id(row.id))
        return at["id"].error(fmt::format(
            "id '{}' is not valid; write lowercase letters, digits and '-', such as team-no-latest", one_line(row.id)));
    const auto kinds = file_kinds();
    const auto kind = std::find_if(kinds.begin(), kinds.end(), [&](const RowFiles& one) { return one.name == row.in; });
    if (row.each.empty()) row.each = kind->things.front();
    const std::vector<std::string> things(kind->things.begin(), kind->things.end());
    if (std::find(things.begin(), things.end(), row.each) == things.end())
        return at["each"].error(
            fmt::format("in {} there is no '{}'; expected {}", row.in, one_line(row.each), one_of(things)));
    if (!row.kinds.empty() && row.in != "kubernetes")
        return at["kinds"].error("kinds is only for Kubernetes objects; remove it, or write in: kubernetes");
    if (!row.warning_kinds.empty() && (row.in != "kubernetes" || row.level != "error"))
        return at["warning_kinds"].error("warning_kinds is only for Kubernetes rules of level error; remove it, or "
                                         "write in: kubernetes and level: error");
    const bool by_files = row.in == "yaml" || row.in == "text";
    if (by_files && row.files.empty())
        return at.error(fmt::format("in: {} needs files:, with globs of the files to look at", row.in));
    if (row.in == "text" ? !row.paths.empty() : row.paths.empty())
        return at.error(row.in == "text" ? "a line has no path; remove it"
                                         : "path is missing; name the value to look at");
    const bool has_tree = row.in != "text" && row.in != "env" && row.in != "dockerfile";
    if (!has_tree && !(row.wrong.has.empty() && row.wrong.lacks.empty()))
        return at["wrong"].error(fmt::format("in {} nothing is a list; write is, is_not or matches", row.in));
    for (const auto& path : row.paths)
        if (path.empty() || path.front() == '.' || path.back() == '.' || path.find("..") != path.npos)
            return at["path"].error(
                fmt::format("path '{}' has an empty part; write keys with one dot between them", path));
    if (!row.where.empty() && !has_tree)
        return at["where"].error(fmt::format("in {} a value has no keys next to it; remove where", row.in));
    if ((row.in == "text" || row.in == "env") && row.wrong.missing)
        return at["wrong"].error(row.in == "env" ? "preflight.required_vars names variables that must be set"
                                                 : "missing needs a path, but a line has no path; write matches");
    return check_message(at, row.message);
}

// Ours, in a file that is a fairlead.yml by its form.
struct OurFile {
    std::vector<RuleRow> rows;
};

}

const config::Rows<RuleRow>& rule_rows() {
    using config::Rows;
    constexpr auto needed = Needed::required;
    static const Rows<RuleRow> rows = {
        {{"id", &RuleRow::id, "The rule's name: lowercase letters, digits and '-'.", {.needed = needed}},
         {"title", &RuleRow::title, "The problem, in a few words.", {.needed = needed}},
         {"level", &RuleRow::level, "The level of a finding.", {.allowed = {"info", "warning", "error"}}},
         {"applies",
          &RuleRow::applies,
          "When the rule applies: always, deployed (staging and production) or on_request (--only names it).",
          {.allowed = {"always", "deployed", "on_request"}}},
         {"in",
          &RuleRow::in,
          "The kind of files to look at.",
          {.allowed = {"compose", "kubernetes", "workflow", "dockerfile", "env", "yaml", "text"}, .needed = needed}},
         {"each", &RuleRow::each,
          "The thing to look at. In compose: service or lasting. In kubernetes: object, pod, container or server. In "
          "workflow: file, job or step. Default: the first."},
         {"kinds", &RuleRow::kinds, "In kubernetes: kinds of objects; default: all."},
         {"warning_kinds", &RuleRow::warning_kinds,
          "In kubernetes: kinds of objects for which an error is only a warning, because their work may need it."},
         {"files", &RuleRow::files, "Globs of files; default: all files of the kind."},
         {"path", &RuleRow::paths,
          "Where the value is: keys with dots, * for each entry. In dockerfile: an instruction. In env: a variable."},
         {"wrong",
          {Type::map, read_wrong, condition_rows().fields()},
          "The condition under which the value is wrong.",
          {.needed = needed}},
         {"where", {Type::open_map, read_where, condition_rows().each()}, "Conditions for other keys of the same map."},
         {"message",
          &RuleRow::message,
          "Thing; fact; way out. {thing}, {key} and {value} are filled in from the finding.",
          {.needed = needed}},
         {"why", &RuleRow::why, "One or two sentences for explain."},
         {"way_out", &RuleRow::way_out, "What to write instead."},
         {"peers", &RuleRow::peers,
          "Rules of other tools; a comment that silences such a rule silences this rule, too."},
         {"refs", &RuleRow::refs, "Requirements and standards."}},
        check_whole};
    return rows;
}

Result<std::vector<RuleRow>> rows_in(std::string_view text, const std::string& file) {
    static const config::Rows<OurFile> whole = {{"own_rules", {&OurFile::rows, rule_rows()}, "Rules."}};
    const auto loaded = TRY(config::load_text(std::string(text), file,
                                              {.path = {},
                                               .folder = ".",
                                               .environment = nullptr,
                                               .environment_name = {},
                                               .tool = "preflight",
                                               .fields = whole.fields(),
                                               .change = nullptr}));
    OurFile read;
    TRY_VOID(whole.read(loaded.section("preflight"), read));
    return std::move(read.rows);
}

}
