#include "base/printable.h"
#include "base/text.h"
#include "smoke/hurl/scope.h"
#include "smoke/runner.h"
#include "smoke/scripts.h"
#include "sys/files/files.h"
#include <algorithm>
#include <fmt/format.h>

// What the command line and the environment say about all Hurl files.
namespace fairlead::smoke {

namespace {

Result<std::pair<std::string, std::string>> pair_of(const std::string& text, std::string_view what) {
    const auto equals = text.find('=');
    const auto name = trim(text.substr(0, equals));
    if (equals == std::string::npos || name.empty())
        return usage(
            fmt::format("a {} is written name=value, and this one has no {}", what, name.empty() ? "name" : "value"));
    const auto is_wrong = [](char c) {
        return !is_digit(c) && !((c | 0x20) >= 'a' && (c | 0x20) <= 'z') && c != '_' && c != '-';
    };
    if (std::any_of(name.begin(), name.end(), is_wrong))
        return usage(fmt::format("'{}' can't be the name of a {}; expected letters, digits, _ and -",
                                 shortened(name, 40), what));
    if (hurl::is_function(name))
        return usage(fmt::format("'{}' is a function of Hurl; give the {} another name", name, what));
    return std::pair(name, text.substr(equals + 1));
}

// `name=value` lines; # begins a comment.
Result<std::vector<std::pair<std::string, std::string>>> read_pairs_file(const std::string& path,
                                                                         std::string_view what) {
    std::vector<std::pair<std::string, std::string>> pairs;
    const auto text = sys::read_file(path, 1u << 20);
    if (!text.ok()) return usage(text.error().message, {path, 0, 0, {}});
    if (!valid_utf8(text.value())) return usage("this file is not UTF-8", {path, 0, 0, {}});
    int number = 0;
    const std::string_view mark = "\xEF\xBB\xBF";
    for (const auto& line :
         split(std::string_view(text.value()).substr(text->starts_with(mark) ? mark.size() : 0), '\n')) {
        ++number;
        const auto bare = trim(std::string_view(line));
        if (bare.empty() || bare.starts_with('#')) continue;
        auto pair = pair_of(std::string(bare), what);
        if (!pair.ok()) return usage(pair.error().message, {path, number, 1, {}});
        pairs.push_back(std::move(pair).value());
    }
    return pairs;
}

void set_from_environment(const std::map<std::string, std::string>& environment, Scripts& scripts) {
    constexpr std::string_view variable = "HURL_VARIABLE_", secret = "HURL_SECRET_", old = "HURL_";
    for (const auto& [name, value] : environment)
        if (name.starts_with(variable) && name.size() > variable.size())
            scripts.variables.insert_or_assign(name.substr(variable.size()), hurl::typed(value));
    for (const auto& [name, value] : environment) {
        const bool is_other = name.starts_with(variable) || name.starts_with(secret);
        if (name.starts_with(old) && name.size() > old.size() && !is_other)
            scripts.variables.insert_or_assign(name.substr(old.size()), hurl::typed(value));
        if (name.starts_with(secret) && name.size() > secret.size())
            scripts.secrets[name.substr(secret.size())] = value;
    }
}

Result<void> set_variables(const ScriptFlags& flags, const std::map<std::string, std::string>& environment,
                           Scripts& scripts) {
    set_from_environment(environment, scripts);
    for (const auto& path : flags.variables_files)
        for (auto& [name, value] : TRY(read_pairs_file(path, "variable")))
            scripts.variables.insert_or_assign(name, hurl::typed(value));
    for (const auto& text : flags.variables) {
        const auto pair = TRY(pair_of(text, "variable"));
        scripts.variables.insert_or_assign(pair.first, hurl::typed(pair.second));
    }
    for (const auto& path : flags.secrets_files)
        for (auto& [name, value] : TRY(read_pairs_file(path, "secret"))) scripts.secrets[name] = value;
    std::map<std::string, std::string> given;
    for (const auto& text : flags.secrets) {
        const auto pair = TRY(pair_of(text, "secret"));
        if (!given.insert(pair).second)
            return usage(fmt::format("the secret '{}' is given twice; give it once", pair.first));
        scripts.secrets[pair.first] = pair.second;
    }
    return {};
}

Result<void> set_options(const ScriptFlags& flags, hurl::Settings& settings) {
    const auto set = [&](const std::string& name, const hurl::Value& value) -> Result<void> {
        const auto done = hurl::set_option(settings, *hurl::find_option(name), value);
        if (done.ok()) return {};
        return usage(fmt::format("--{}: {}", name, done.error().message));
    };
    for (const auto& [name, on] : flags.switches)
        if (on) TRY_VOID(set(name, hurl::Value{true}));
    if (!flags.noproxy.empty()) TRY_VOID(set("no-proxy", hurl::Value{flags.noproxy}));
    for (const auto& [name, text] : flags.values)
        if (!text.empty()) TRY_VOID(set(name, hurl::Value{text}));
    for (const auto& [name, texts] : flags.lists)
        for (const auto& text : texts) TRY_VOID(set(name, hurl::Value{text}));
    if (settings.cacert.empty()) return {};
    const auto trust = sys::check_trust(settings.cacert);
    return trust.ok() ? Result<void>() : usage("--cacert: " + trust.error().message);
}

Result<void> check_entries(const ScriptFlags& flags, const Scripts& scripts) {
    if (flags.max_filesize < 0) return usage("--max-filesize is a number of bytes");
    if (flags.from_entry < 1 || flags.to_entry < 0 || (flags.to_entry > 0 && flags.to_entry < flags.from_entry))
        return usage("--from-entry and --to-entry are numbers of entries, from 1; the first can't be after the last");
    for (const auto& script : scripts.files) {
        const auto count = static_cast<std::int64_t>(script.file->entries.size());
        if (std::max(flags.from_entry, flags.to_entry) > std::max<std::int64_t>(count, 1))
            return usage(fmt::format("{} has {} request{}; --from-entry and --to-entry must be within them",
                                     script.file->name, count, count == 1 ? "" : "s"));
    }
    return {};
}

// The flags that only Hurl files heed.
std::vector<std::string> given_names(const ScriptFlags& flags, const Plan& plan) {
    std::vector<std::string> names;
    const bool follows =
        std::any_of(plan.checks.begin(), plan.checks.end(), [](const Check& check) { return check.follows_redirects; });
    for (const auto& [name, is_on] : flags.switches)
        if (is_on && (name != "location" || !follows)) names.push_back(name);
    for (const auto& [name, value] : flags.values)
        if (!value.empty()) names.push_back(name);
    for (const auto& [name, values] : flags.lists)
        if (!values.empty()) names.push_back(name);
    const std::pair<bool, const char*> others[] = {
        {!flags.variables.empty(), "variable"},
        {!flags.secrets.empty(), "secret"},
        {!flags.variables_files.empty(), "variables-file"},
        {!flags.secrets_files.empty(), "secrets-file"},
        {flags.from_entry != 1, "from-entry"},
        {flags.to_entry != 0, "to-entry"},
        {flags.max_filesize != 0, "max-filesize"},
        {flags.continue_on_error, "continue-on-error"},
        {flags.parallel, "parallel"},
        {flags.test, "test"},
        {flags.include, "include"},
        {flags.no_output, "no-output"},
        {flags.ignore_asserts, "ignore-asserts"},
        {flags.no_assert, "no-assert"},
        {!flags.noproxy.empty(), "noproxy"},
        {!flags.file_root.empty(), "file-root"},
        {!flags.user_agent.empty(), "user-agent"},
    };
    for (const auto& [is_given, name] : others)
        if (is_given) names.emplace_back(name);
    return names;
}

Result<void> refuse_without_file(const ScriptFlags& flags, const Plan& plan) {
    const auto is_script = [](const Check& check) { return !check.script.empty(); }; // a skipped one
    const auto names = given_names(flags, plan);
    if (names.empty() || std::any_of(plan.checks.begin(), plan.checks.end(), is_script)) return {};
    return usage(
        fmt::format("--{} is for Hurl files, and there is none; leave it out, or name a Hurl file", names.front()));
}

}

Result<void> add_scripts(const std::vector<std::string>& words, const ScriptFlags& flags,
                         const std::map<std::string, std::string>& environment, Plan& plan) {
    auto& scripts = plan.scripts;
    std::vector<std::string> all = words;
    all.insert(all.end(), flags.globs.begin(), flags.globs.end());
    for (const auto& word : all)
        for (auto& script : TRY(read_scripts(word))) scripts.files.push_back(std::move(script));
    if (scripts.empty() && !scripts.setup) return refuse_without_file(flags, plan);
    scripts.settings.insecure = plan.insecure;
    scripts.settings.resolve = plan.resolve;
    TRY_VOID(set_variables(flags, environment, scripts));
    if (!flags.no_secrets.empty() && !scripts.secrets.empty()) {
        scripts.secrets.clear();
        plan.withheld.push_back(fmt::format("the Hurl files get no secrets, because {}", flags.no_secrets));
    }
    TRY_VOID(set_options(flags, scripts.settings));
    TRY_VOID(check_entries(flags, scripts));
    scripts.from = flags.from_entry;
    scripts.to = flags.to_entry;
    scripts.continue_on_error = flags.continue_on_error;
    scripts.settings.ignore_asserts = flags.ignore_asserts || flags.no_assert;
    scripts.settings.user_agent = flags.user_agent;
    scripts.include = flags.include;
    scripts.parallel = flags.parallel || flags.test;
    scripts.file_root = flags.file_root;
    if (flags.max_filesize > 0) scripts.body_limit = static_cast<std::size_t>(flags.max_filesize);
    return {};
}

}
