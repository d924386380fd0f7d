#include "scan/options.h"
#include "base/glob.h"
#include "base/text.h"
#include "report/rules.h"
#include "sys/pattern/pattern.h"
#include <algorithm>
#include <fmt/format.h>
#include <functional>

namespace fairlead::scan {
namespace {

bool holds(const std::vector<std::string>& words, std::string_view id) {
    return std::find(words.begin(), words.end(), id) != words.end();
}

bool in_file(const Given& given, std::string_view key) {
    return !given.flags.contains(std::string(key)) && given.section[key].present();
}

Result<void> check_rule(const std::string& id) {
    if (find_rule(id)) return {};
    std::vector<std::string> known;
    for (const Rule* rule : rules()) known.emplace_back(rule->id);
    return usage(report::unknown_rule("scan", id, known));
}

// What can never be the path of a file, so that nothing would be left out.
Result<void> check_expression(const std::string& expression) {
    const auto pattern = TRY(sys::Pattern::compile(expression));
    if (pattern.matches(""))
        return usage(fmt::format("'{}' matches the empty text, so it matches every secret; write an expression that "
                                 "matches only values that are not secrets",
                                 expression));
    if (pattern.matches("a") && pattern.matches("7") && pattern.matches("-"))
        return usage(fmt::format("'{}' matches any character, so it matches every secret; write an expression that "
                                 "matches only values that are not secrets",
                                 expression));
    return {};
}

// Judges each word, and says where in the file a wrong one stands.
Result<void> check_each(const Given& given, std::string_view key, const std::vector<std::string>& words,
                        const std::function<Result<void>(const std::string&)>& check) {
    const auto values = in_file(given, key) ? given.section[key].items() : std::vector<config::Value>();
    for (std::size_t i = 0; i < words.size(); ++i) {
        const auto judged = check(words[i]);
        if (judged.ok()) continue;
        return i < values.size() ? values[i].error(judged.error().message) : judged.error();
    }
    return {};
}

Error at(const Given& given, std::string_view key, std::string message) {
    return in_file(given, key) ? given.section[key].error(std::move(message)) : usage(std::move(message));
}

bool leaves_nothing(const std::vector<std::string>& globs) {
    constexpr std::string_view any[] = {"x", "x/y", "x/y/z.q"}; // names that nobody would single out
    return std::all_of(std::begin(any), std::end(any),
                       [&](std::string_view path) { return matches_any_glob(globs, path); });
}

}

Result<Options> read_options(const Given& given, const std::string& today) {
    Options options{.only = given.only,
                    .skip = given.skip,
                    .exclude = given.exclude,
                    .allow = given.section["allow"].texts(),
                    .today = today};
    TRY_VOID(check_each(given, "only", options.only, check_rule));
    TRY_VOID(check_each(given, "skip", options.skip, check_rule));
    TRY_VOID(check_each(given, "exclude", options.exclude, check_root_glob));
    TRY_VOID(check_each(given, "allow", options.allow, check_expression));
    if (leaves_nothing(options.exclude))
        return at(given, "exclude",
                  "exclude leaves out every file; name only the files to leave out, such as vendor/**");
    const auto size = parse_size(given.max_file_size);
    if (!size.ok()) return at(given, "max_file_size", size.error().message);
    if (size.value() == 0)
        return at(given, "max_file_size", "max_file_size 0 leaves no file to scan; write a size such as 20MiB");
    options.max_file_size = size.value();
    const auto chosen = chosen_rules(options);
    if (!chosen.ok()) return at(given, in_file(given, "skip") ? "skip" : "only", chosen.error().message);
    return options;
}

Result<std::vector<const Rule*>> chosen_rules(const Options& options) {
    for (const auto* words : {&options.only, &options.skip})
        for (const std::string& id : *words) TRY_VOID(check_rule(id));
    std::vector<const Rule*> chosen;
    for (const Rule* rule : rules())
        if ((options.only.empty() || holds(options.only, rule->id)) && !holds(options.skip, rule->id))
            chosen.push_back(rule);
    if (chosen.empty())
        return usage("no rule is left, because skip removes all rules that only names; remove only or skip");
    return chosen;
}

std::span<const Field> fields() {
    static const Field rows[] = {
        {"allow", Type::text_list,
         "Regular expressions (RE2); a value that matches any of them, at any place, is not a secret."},
        {"rules", Type::text,
         "gitleaks' configuration: its rules and allowlists count; default: .gitleaks.toml, if it is there."},
        {"max_file_size", Type::size, "Larger files of a tree are left out and reported; default: 20MiB."},
    };
    return rows;
}

std::span<const config::Milder> milder() {
    using When = config::Milder::When;
    static constexpr config::Milder rows[] = {{"allow", When::added},
                                              {"exclude", When::added},
                                              {"skip", When::added},
                                              {"only", When::narrowed},
                                              {"max_file_size", When::lower, "20MiB"},
                                              {"rules", When::changed}};
    return rows;
}

}
