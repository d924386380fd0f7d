#include "tag/expressions.h"
#include "base/text.h"
#include "tag/script/ecma.h"
#include "tag/script/moment.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::tag {

namespace {

Value text_value(std::string text) {
    const bool holds = !text.empty();
    return {std::move(text), holds};
}
Value number_value(double number) { return {number_text(number), number != 0}; }

Name text_name(std::function<std::string()> text) {
    return {[text = std::move(text)](const auto&) { return Result<Value>(text_value(text())); }};
}
Name constant(const Value& value) {
    return {[value](const auto&) { return Result<Value>(value); }};
}

Name late_name(const std::function<Result<std::string>()>& ask) {
    return {[ask](const auto&) -> Result<Value> {
        if (!ask) return Value{};
        auto text = TRY(ask());
        return text_value(std::move(text));
    }};
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

struct Slip {
    std::string message, way_out;
};

// A word without quotes that the language reads as a value; others it looks up.
bool is_literal(const std::string& word) { return to_number(word) || word == "true" || word == "false"; }

Slip slip_of_zone(const Argument& zone) {
    std::string message = "Time zone name must be a string";
    if (!zone.quoted && is_literal(zone.text))
        message += fmt::format(", got {} [{}]", zone.text, to_number(zone.text) ? "number" : "boolean");
    return {std::move(message), "write tz='Area/City'"};
}

const Argument* format_of(const std::vector<Argument>& arguments) {
    const auto found = std::find_if(arguments.begin(), arguments.end(), [](const auto& a) { return a.name.empty(); });
    return found == arguments.end() ? nullptr : &*found;
}

// What {{date}} can't be written with.
std::optional<Slip> slip_of_date(std::string_view name, const std::vector<Argument>& arguments) {
    const auto formats =
        std::count_if(arguments.begin(), arguments.end(), [](const auto& a) { return a.name.empty(); });
    if (formats == 0)
        return Slip{fmt::format("{{{{{}}}}} has no format", name), fmt::format("write {{{{{} 'YYYYMMDD'}}}}", name)};
    if (formats > 1)
        return Slip{fmt::format("{{{{{}}}}} takes only one format", name), "write the zone as tz='Area/City'"};
    // The peer's language fills in named arguments from the last to the first.
    for (auto named = arguments.rbegin(); named != arguments.rend(); ++named) {
        if (named->name.empty()) continue;
        if (named->name != "tz")
            return Slip{fmt::format("Unknown {} attribute", named->name), "expected tz='Area/City'"};
        if (!named->quoted || named->text.empty()) return slip_of_zone(*named);
    }
    const auto& format = *format_of(arguments);
    if (!format.quoted && is_literal(format.text))
        return Slip{fmt::format("the format of {{{{{}}}}} is not text", name), "put it in single quotes"};
    return std::nullopt;
}

std::string zone_of(const std::vector<Argument>& arguments) {
    const auto zone = std::find_if(arguments.begin(), arguments.end(), [](const auto& a) { return a.name == "tz"; });
    return zone == arguments.end() ? "UTC" : zone->text;
}

std::string known_names(const Names& names, const std::string& written) {
    if (written.find('.') != std::string::npos)
        return fmt::format("write values of the workflow as ${{{{ {} }}}}", written);
    std::vector<std::string> words;
    for (const auto& [name, value] : names) words.push_back(name);
    const auto near = nearest(written, words);
    return near.empty() ? "expected " + one_of(words) : fmt::format("did you mean '{}'?", near);
}

// What {{date}} can be written with, but hardly is meant.
void check_date(const TemplateNode& node, const Origin& origin, Notes& notes) {
    const auto& name = node.text;
    const auto fault = [&](std::string message, std::string_view way_out) {
        notes.fault(std::move(message), origin, std::string(way_out));
    };
    if (const auto slip = slip_of_date(name, node.arguments)) return fault(slip->message, slip->way_out);
    const auto& format = *format_of(node.arguments);
    if (!format.quoted)
        fault(fmt::format("the format of {{{{{} {}}}}} has no quotes and is ignored", name, format.text),
              fmt::format("write {{{{{} '{}'}}}}", name, format.text));
    else if (!format.text.empty() && !has_token(format.text))
        fault(fmt::format("the format '{}' of {{{{{}}}}} holds nothing of a date", format.text, name),
              "expected tokens such as YYYYMMDD");
    if (const auto zone = zone_of(node.arguments); !in_zone({}, zone))
        fault(fmt::format("time zone '{}' is unknown, so UTC is used", zone),
              "expected a name of the IANA database such as Europe/Berlin (package tzdata)");
}

void check_name(const TemplateNode& node, const Names& names, const Origin& origin, Notes& notes) {
    const auto known = names.find(node.text);
    if (known == names.end()) {
        auto message = node.arguments.empty()
                           ? fmt::format("expression '{}' is unknown and gives an empty text", node.text)
                           : fmt::format("Missing helper: \"{}\"", node.text);
        return notes.fault(std::move(message), origin, known_names(names, node.text));
    }
    if (known->second.takes_arguments) return check_date(node, origin, notes);
    if (!node.arguments.empty())
        notes.fault(fmt::format("the text after '{0}' in {{{{{0}}}}} is ignored", node.text), origin,
                    fmt::format("write {{{{{}}}}}", node.text));
    if (known->second.is_flag && node.kind == TemplateNode::Kind::condition)
        notes.fault(fmt::format("'{}' is the text true or false, which a condition always takes as true", node.text),
                    origin, fmt::format("write enable={{{{{}}}}}", node.text));
}

// A text that `enable` comes to and that is neither true nor false; nothing: there is none, or it can't be known.
std::optional<std::string> wrong_enable(const TemplateNodes& nodes) {
    if (nodes.size() > 1) return std::nullopt;
    if (nodes.empty() || nodes[0].kind == TemplateNode::Kind::text) {
        const auto text = nodes.empty() ? std::string() : nodes[0].text;
        return text == "true" || text == "false" ? std::nullopt : std::optional(text);
    }
    if (nodes[0].kind == TemplateNode::Kind::value) return std::nullopt;
    const auto found = wrong_enable(nodes[0].body);
    return found ? found : wrong_enable(nodes[0].otherwise);
}

Result<Template> parse(std::string_view text, const Origin& origin) {
    auto parsed = Template::parse(text);
    if (!parsed.ok()) return wrong_input(parsed.error().message, origin, known_language);
    return parsed;
}

Result<void> check_names(const Template& parsed, const Names& names, const Origin& origin, Notes& notes) {
    each_name(parsed.nodes(), [&](const TemplateNode& node) { check_name(node, names, origin, notes); });
    return {};
}

}

Expressions::Expressions(const Facts& facts, Notes& notes) : facts_(facts), notes_(notes) {
    dates_["date"] = {[this](const auto& given) { return date("date", facts_.now, given); }, true};
    dates_["commit_date"] = {[this](const auto& given) {
                                 const bool asked = format_of(given) && facts_.commit_date;
                                 return date("commit_date", asked ? facts_.commit_date() : facts_.now, given);
                             },
                             true};
    global_ = dates_;
    const auto add = [&](const char* name, std::function<std::string()> text) {
        global_[name] = text_name(std::move(text));
    };
    const auto add_flag = [&](const char* name, std::function<bool()> flag) {
        add(name, [flag = std::move(flag)] { return std::string(flag() ? "true" : "false"); });
        global_[name].is_flag = true;
    };
    add("branch", [&] { return branch_of(facts_).value_or(""); });
    add("tag", [&] { return tag_of(facts_).value_or(""); });
    global_["sha"] = {[this](const auto&) -> Result<Value> {
        if (facts_.sha.empty())
            notes_.fault("{{sha}} is empty: no commit is known", origin_, "set GITHUB_SHA, or give --sha");
        auto text = TRY(short_sha(facts_));
        return text_value(std::move(text));
    }};
    add("base_ref", [&] { return base_ref(facts_); });
    add_flag("is_default_branch", [&] { return is_default_branch(facts_); });
    add_flag("is_not_default_branch", [&] { return !is_default_branch(facts_); });
    add_flag("is_prerelease", [&] { return is_prerelease(facts_); });
    global_["commit_count"] = late_name(facts_.commit_count);
    global_["describe"] = late_name(facts_.describe);
    global_["distance"] = late_name(facts_.distance);
}

Result<Value> Expressions::date(const char* name, SystemTime instant, const std::vector<Argument>& arguments) {
    if (const auto slip = slip_of_date(name, arguments)) return wrong_input(slip->message, origin_, slip->way_out);
    const auto moment = in_zone(instant, zone_of(arguments)).value_or(LocalMoment{instant, 0, "", false});
    const auto& format = *format_of(arguments);
    const bool given = format.quoted && !format.text.empty();
    return text_value(format_moment(moment, given ? std::string_view(format.text) : default_format(moment)));
}

Result<std::string> Expressions::render(std::string_view text, const Names& names, const Origin& origin) {
    if (text.find("{{") == std::string_view::npos) return std::string(text);
    origin_ = origin;
    const auto parsed = TRY(parse(text, origin));
    bool escaped = false;
    auto rendered = parsed.render(names, escaped);
    if (!rendered) {
        const auto& message = rendered.error().message;
        if (rendered.error().kind != Kind::usage || message.find('\n') != std::string::npos) return rendered;
        return wrong_input(message, origin, known_names(names, ""));
    }
    if (escaped)
        notes_.fault("a value holds characters of HTML that are written as entities", origin,
                     "write three braces: {{{name}}}");
    return rendered;
}

Names version_names(const Semver& version, const std::string& raw) {
    return {{"raw", constant(text_value(raw))},
            {"version", constant(text_value(version.text()))},
            {"major", constant(number_value(static_cast<double>(version.major)))},
            {"minor", constant(number_value(static_cast<double>(version.minor)))},
            {"patch", constant(number_value(static_cast<double>(version.patch)))},
            {"prerelease", constant(text_value(join(version.prerelease, ",")))},
            {"build", constant(text_value(join(version.build, ",")))}};
}

Names version_names(const Pep440& version, const std::string& raw) {
    const auto number = [&](std::size_t part) {
        return constant(number_value(to_number(version.part(part)).value_or(0)));
    };
    return {{"raw", constant(text_value(raw))},
            {"version", constant(text_value(version.text()))},
            {"major", number(0)},
            {"minor", number(1)},
            {"patch", number(2)}};
}

Result<void> check_template(std::string_view text, const Names& names, const Origin& origin, Notes& notes) {
    if (text.find("{{") == std::string_view::npos) return {};
    const auto parsed = TRY(parse(text, origin));
    return check_names(parsed, names, origin, notes);
}

Result<void> check_enable(std::string_view text, const Names& names, const Origin& origin, Notes& notes) {
    const auto parsed = TRY(parse(text, origin));
    if (const auto wrong = wrong_enable(parsed.nodes()))
        notes.fault(fmt::format("'{}' is not true or false, but enable={} may result in it", *wrong, text), origin,
                    "write both arms: {{#if name}}true{{else}}false{{/if}}");
    return check_names(parsed, names, origin, notes);
}

}
