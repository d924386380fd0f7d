#include "tag/expressions.h"
#include "base/text.h"
#include "tag/script/ecma.h"
#include "tag/script/moment.h"
#include <fmt/format.h>

namespace fairlead::tag {

namespace {

Value text_function(std::function<std::string()> text) {
    return function([text = std::move(text)](const Arguments*) -> Result<Value> { return Value(text()); });
}

Value late_function(const std::function<Result<std::string>()>& ask) {
    return function([ask](const Arguments*) -> Result<Value> {
        if (!ask) return Value(std::string());
        auto text = TRY(ask());
        return Value(std::move(text));
    });
}

std::string base_ref(const Facts& facts) {
    static constexpr std::string_view heads = "refs/heads/";
    if (tag_of(facts) && facts.base_ref)
        return facts.base_ref->rfind(heads, 0) == 0 ? facts.base_ref->substr(heads.size()) : *facts.base_ref;
    return pull_of(facts) && facts.pull_base_ref ? *facts.pull_base_ref : std::string();
}

bool is_prerelease(const Facts& facts) {
    auto text = tag_of(facts).value_or("");
    if (!facts.tag_prefix.empty() && text.rfind(facts.tag_prefix, 0) == 0) text.erase(0, facts.tag_prefix.size());
    if (const auto version = parse_semver(text)) return version->is_prerelease();
    const auto version = parse_pep440(text);
    return version && (!version->pre_letter.empty() || version->dev);
}

Result<std::string> zone_name(const Value& value, const Origin& origin) {
    const auto* text = std::get_if<std::string>(&value);
    if (text && !text->empty()) return *text;
    std::string message = "Time zone name must be a string";
    if (const auto* number = std::get_if<double>(&value))
        message += fmt::format(", got {} [number]", number_text(*number));
    else if (const auto* flag = std::get_if<bool>(&value))
        message += fmt::format(", got {} [boolean]", *flag);
    return wrong_input(message, origin, "write tz='Area/City'");
}

std::string known_names(const Names& names) {
    std::vector<std::string> words;
    for (const auto& [name, value] : names)
        if (!name.empty()) words.push_back(name);
    return "expected " + one_of(words);
}

}

Expressions::Expressions(const Facts& facts, Notes& notes) : facts_(facts), notes_(notes) {
    dates_["date"] = function([this](const Arguments* given) { return date("date", facts_.now, given); });
    dates_["commit_date"] = function([this](const Arguments* given) {
        return date("commit_date", given && facts_.commit_date ? facts_.commit_date() : facts_.now, given);
    });
    global_ = dates_;
    const auto add = [&](const char* name, std::function<std::string()> text) {
        global_[name] = text_function(std::move(text));
    };
    add("branch", [&] { return branch_of(facts_).value_or(""); });
    add("tag", [&] { return tag_of(facts_).value_or(""); });
    global_["sha"] = function([this](const Arguments*) -> Result<Value> {
        if (facts_.sha.empty())
            notes_.fault("{{sha}} is empty: no commit is known", origin_, "set GITHUB_SHA, or give --sha");
        auto text = TRY(short_sha(facts_));
        return Value(std::move(text));
    });
    add("base_ref", [&] { return base_ref(facts_); });
    add("is_default_branch", [&] { return std::string(is_default_branch(facts_) ? "true" : "false"); });
    add("is_not_default_branch", [&] { return std::string(is_default_branch(facts_) ? "false" : "true"); });
    add("is_prerelease", [&] { return std::string(is_prerelease(facts_) ? "true" : "false"); });
    global_["commit_count"] = late_function(facts_.commit_count);
    global_["describe"] = late_function(facts_.describe);
    global_["distance"] = late_function(facts_.distance);
}

Result<Value> Expressions::date(const char* name, SystemTime instant, const Arguments* arguments) {
    if (!arguments || arguments->positional.empty())
        return wrong_input(fmt::format("{{{{{}}}}} has no format", name), origin_,
                           fmt::format("write {{{{{} 'YYYYMMDD'}}}}", name));
    if (arguments->positional.size() > 1)
        return wrong_input(fmt::format("{{{{{}}}}} takes one format", name), origin_,
                           "write the zone as tz='Area/City'");
    std::string zone = "UTC";
    // The peer's language fills in named arguments from the last to the first.
    for (auto named = arguments->named.rbegin(); named != arguments->named.rend(); ++named) {
        if (named->first != "tz")
            return wrong_input(fmt::format("Unknown {} attribute", named->first), origin_, "expected tz='Area/City'");
        zone = TRY(zone_name(named->second, origin_));
    }
    auto moment = in_zone(instant, zone);
    if (!moment) {
        notes_.fault(fmt::format("time zone '{}' is unknown, UTC is taken", zone), origin_,
                     "expected a name of the IANA database such as Europe/Berlin (package tzdata)");
        moment = LocalMoment{instant, 0, "", false};
    }
    const auto& format = arguments->positional.front();
    const auto* text = std::get_if<std::string>(&format);
    if (!text && !std::holds_alternative<std::monostate>(format))
        return wrong_input(fmt::format("the format of {{{{{}}}}} is not text", name), origin_,
                           "put it in single quotes");
    return Value(format_moment(*moment, text && !text->empty() ? *text : std::string(default_format(*moment))));
}

Result<std::string> Expressions::render(std::string_view text, const Names& names, const Origin& origin) {
    origin_ = origin;
    Rendering rendering;
    auto rendered = tag::render(text, names, rendering);
    if (!rendered) {
        const auto& message = rendered.error().message;
        if (rendered.error().kind != Kind::usage || message.find('\n') != std::string::npos) return rendered;
        return wrong_input(message, origin,
                           message.starts_with("Missing helper") ? known_names(names)
                                                                 : "expected {{name}}, {{date 'YYYYMMDD'}} or "
                                                                   "{{#if name}}…{{else}}…{{/if}}");
    }
    for (const auto& name : rendering.unknown)
        notes_.fault(fmt::format("expression '{}' is unknown and stands for nothing", name), origin,
                     known_names(names));
    if (rendering.escaped)
        notes_.fault("a value holds characters of HTML that are written as entities", origin,
                     "write three braces: {{{name}}}");
    return rendered;
}

Names version_names(const Semver& version, const std::string& raw) {
    return {{"", version.text()},
            {"raw", raw},
            {"version", version.text()},
            {"major", static_cast<double>(version.major)},
            {"minor", static_cast<double>(version.minor)},
            {"patch", static_cast<double>(version.patch)},
            {"prerelease", version.prerelease},
            {"build", version.build},
            {"loose", true},
            {"includePrerelease", false}};
}

Names version_names(const Pep440& version, const std::string& raw) {
    // Functions, as with the peer: they may be given arguments, which they ignore.
    const auto constant = [](const Value& value) {
        return function([value](const Arguments*) { return Result<Value>(value); });
    };
    const auto number = [&](std::size_t part) { return constant(to_number(version.part(part)).value_or(0)); };
    return {{"raw", constant(raw)},
            {"version", constant(version.text())},
            {"major", number(0)},
            {"minor", number(1)},
            {"patch", number(2)}};
}

}
