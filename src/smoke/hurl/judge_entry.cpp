#include "smoke/hurl/judge_entry.h"
#include "base/printable.h"
#include "base/secrets/secret.h"
#include "base/text.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::smoke::hurl {

namespace {

using Cause = Fault::Cause;
using Faults = std::vector<Fault>;

constexpr std::string_view rule_of_asserts = "smoke/assert";
constexpr std::string_view hidden = "not shown, because it was made from a text with a secret";
constexpr std::size_t largest_value = 16u << 20; // a chain of filters may not grow without end

class EntryJudge {
  public:
    EntryJudge(Answer& answer, Scope& scope, const Settings& settings, const File& file, const Files& files,
               const FilterWorld& world)
        : answer_(answer), scope_(scope), settings_(settings), file_(file), files_(files), world_(world) {}

    Faults look(const Response& expected);

  private:
    std::optional<Fault> look_at_line(const Response& expected) const; // version and status
    std::optional<Fault> capture(const Capture& capture);
    void look_at_header(const KeyValue& header, Faults& faults) const;
    void look_at_body(const Body& body, Faults& faults);
    std::optional<Fault> look_at(const Assert& assertion);
    bool holds_secret(const Query& query);
    bool hides(const Assert& assertion, const Value& actual); // in messages
    Result<std::optional<Value>> filtered(const Query& query, const std::vector<FilterUse>& filters);
    Result<Value> operand_value(const Literal& literal) const;
    Result<std::vector<Value>> operands_of(const FilterUse& use) const;

    Answer& answer_;
    Scope& scope_;
    const Settings& settings_;
    const File& file_;
    const Files& files_;
    const FilterWorld& world_;
};

Result<Value> EntryJudge::operand_value(const Literal& literal) const {
    if (const auto* value = std::get_if<Value>(&literal.is)) return *value;
    if (const auto* placeholder = std::get_if<Placeholder>(&literal.is)) return value_of(*placeholder, scope_, file_);
    if (const auto* name = std::get_if<FileName>(&literal.is)) {
        auto bytes = TRY(bytes_of(*name, scope_, file_, files_));
        return Value{Bytes{std::move(bytes)}};
    }
    auto text = TRY(rendered(std::get<Template>(literal.is), scope_, file_));
    return Value{std::move(text)};
}

Result<std::vector<Value>> EntryJudge::operands_of(const FilterUse& use) const {
    std::vector<Value> all;
    for (std::size_t i = 0; i < use.operands.size(); ++i) {
        auto value = TRY(operand_value(use.operands[i]));
        if (use.filter->operands[i] == Operand::integer && !value.as<std::int64_t>())
            return usage(fmt::format("{} needs a whole number, not {}", use.filter->name, describe(value)),
                         file_.place(use.operands[i].spot));
        all.push_back(std::move(value));
    }
    return all;
}

// Each error has its place.
Result<std::optional<Value>> EntryJudge::filtered(const Query& query, const std::vector<FilterUse>& filters) {
    auto value = TRY(ask(query, answer_, scope_, settings_.coercion, file_));
    for (const auto& use : filters) {
        if (!value)
            return no(fmt::format("the filter {} has no input: {} gives nothing", use.filter->name, text_of(query)),
                      file_.place(use.spot));
        const auto operands = TRY(operands_of(use));
        auto next = use.filter->apply(*value, operands, world_);
        if (!next.ok()) {
            auto error = std::move(next).error();
            error.message =
                fmt::format("the filter {} fails: {}", use.filter->name, holds_secret(query) ? hidden : error.message);
            error.place = file_.place(use.spot);
            return error;
        }
        value = std::move(next).value();
        if (const auto* text = value ? value->as<std::string>() : nullptr; text && text->size() > largest_value)
            return no(fmt::format("the filter {} gives more than {} bytes", use.filter->name, largest_value),
                      file_.place(use.spot));
    }
    return value;
}

std::optional<Fault> EntryJudge::look_at_line(const Response& expected) const {
    const auto& response = answer_.response;
    if (!expected.version.empty() && expected.version != response.version)
        return Fault{Cause::assertion, "smoke/status",
                     fmt::format("the answer has HTTP/{}, expected HTTP/{}", response.version, expected.version),
                     expected.version_spot};
    if (!expected.status || *expected.status == response.status) return {};
    const auto where = response.redirect.empty()
                           ? ""
                           : fmt::format(", a redirect to {} (location: true follows it)", response.redirect);
    return Fault{Cause::assertion, "smoke/status",
                 fmt::format("status {}{}, expected {}", response.status, where, *expected.status),
                 expected.status_spot};
}

// Whether names of a certificate are meant as `C = DE`: Hurl has them so or as `C=DE`, by the OpenSSL that it runs
// with, and files are written for either.
bool has_blanks(std::string_view text) { return text.find(" =") != text.npos || text.find("\\s") != text.npos; }

bool have_blanks(const std::vector<FilterUse>& filters) {
    const auto is_spaced = [](const Literal& literal) {
        if (const auto* value = std::get_if<Value>(&literal.is))
            return value->as<std::string>() != nullptr && has_blanks(*value->as<std::string>());
        const auto* text = std::get_if<Template>(&literal.is);
        return text != nullptr && std::any_of(text->pieces.begin(), text->pieces.end(),
                                              [](const Piece& piece) { return has_blanks(piece.text); });
    };
    return std::any_of(filters.begin(), filters.end(), [&](const FilterUse& use) {
        return std::any_of(use.operands.begin(), use.operands.end(), is_spaced);
    });
}

std::optional<Fault> EntryJudge::capture(const Capture& wanted) {
    const auto fault = [&](const Error& error) {
        return fault_of(error, error.kind == fairlead::Kind::usage ? Cause::script : Cause::target,
                        std::string(rule_of_asserts), wanted.query.spot);
    };
    auto name = rendered(wanted.name, scope_, file_);
    if (!name.ok()) return fault(name.error());
    if (is_function(name.value()))
        return fault(usage(fmt::format("'{}' is a function of Hurl; give the capture another name", name.value())));
    answer_.names_have_blanks = have_blanks(wanted.filters);
    auto value = filtered(wanted.query, wanted.filters);
    if (!value.ok()) return fault(value.error());
    if (!value.value()) return fault(no(fmt::format("nothing to capture: {} gives nothing", text_of(wanted.query))));
    const auto* text = value.value()->as<std::string>();
    if (wanted.redact && !text)
        return fault(usage(fmt::format("redact hides texts, and this is of the type {}", type_name(*value.value()))));
    if (wanted.redact)
        scope_.set_secret(name.value(), *text);
    else
        scope_.set(name.value(), std::move(*value.value()));
    return {};
}

void EntryJudge::look_at_header(const KeyValue& header, Faults& faults) const {
    const auto name = rendered(header.key, scope_, file_);
    const auto value = rendered(header.value, scope_, file_);
    for (const auto* text : {&name, &value})
        if (!text->ok())
            return faults.push_back(fault_of(text->error(), Cause::assertion, "smoke/header", header.spot));
    std::vector<std::string> found;
    for (const auto& [key, sent] : answer_.response.headers)
        if (lower(key) == lower(name.value())) found.push_back(sent);
    if (std::find(found.begin(), found.end(), value.value()) != found.end()) return;
    const auto spot = found.empty() ? header.spot : header.value.spot;
    faults.push_back({Cause::assertion, "smoke/header",
                      found.empty() ? fmt::format("there is no header {}", name.value())
                                    : fmt::format("header {} is '{}', expected '{}'", name.value(),
                                                  join(found, "' and '"), value.value()),
                      spot});
}

// The first place where two texts differ, with its line.
std::string difference(std::string_view actual, std::string_view expected) {
    std::size_t at = 0, line = 1, begin = 0;
    for (; at < actual.size() && at < expected.size() && actual[at] == expected[at]; ++at)
        if (actual[at] == '\n') ++line, begin = at + 1;
    const auto line_of = [&](std::string_view text) {
        if (begin >= text.size()) return std::string("nothing more");
        return "'" + shortened(text.substr(begin, text.find('\n', begin) - begin), 80) + "'";
    };
    const auto where = line > 1 || actual.find('\n') != actual.npos || expected.find('\n') != expected.npos
                           ? fmt::format("line {} of the body", line)
                           : std::string("the body");
    return fmt::format("{} is {}, expected {}", where, line_of(actual), line_of(expected));
}

std::string without_blanks(std::string_view text) {
    std::string bare;
    for (const char c : text)
        if (blanks.find(c) == blanks.npos) bare += c;
    return bare;
}

void EntryJudge::look_at_body(const Body& body, Faults& faults) {
    const auto fault = [&](const Error& error) { return fault_of(error, Cause::assertion, "smoke/body", body.spot); };
    const auto expected = bytes_of(body, scope_, file_, files_);
    if (!expected.ok()) return faults.push_back(fault(expected.error()));
    const bool raw = body.kind == Body::Kind::bytes || body.kind == Body::Kind::file;
    const auto actual = raw ? answer_.bytes() : answer_.text();
    if (!actual.ok()) return faults.push_back(fault(actual.error()));
    if (*actual.value() == expected.value()) return;
    auto message = raw ? fmt::format("the body has the bytes {}, expected {}", describe(Value{Bytes{*actual.value()}}),
                                     describe(Value{Bytes{expected.value()}}))
                       : difference(*actual.value(), expected.value());
    if (!raw && body.kind != Body::Kind::text && without_blanks(*actual.value()) == without_blanks(expected.value()))
        message += "; only the layout differs: bodies are compared as texts, and jsonpath asserts compare values";
    faults.push_back({Cause::assertion, "smoke/body", message, body.spot});
}

std::string said(const Assert& assertion, const Value* operand) {
    return fmt::format("expected {}{}{}", assertion.negated ? "not " : "", assertion.predicate->name,
                       operand ? " " + describe(*operand) : "");
}

// Why the types don't fit, if it is a usual mistake.
std::string hint(const Value& actual, const Assert& assertion) {
    const bool wants_list = assertion.predicate->name == "includes" && !actual.as<List>();
    if (wants_list && assertion.query.kind == Query::Kind::jsonpath)
        return "; includes needs a list: one node of a JSONPath is its value, unless no-jsonpath-coercion: true";
    return "; the types don't fit";
}

// Whether what the query begins with holds a secret, which no longer looks like it after an expression or a filter.
bool EntryJudge::holds_secret(const Query& query) {
    constexpr std::size_t looked_at = 1U << 20U;
    const auto is_hidden = [](std::string_view text) { return mask(text) != text; };
    const auto& headers = answer_.response.headers;
    if (query.kind == Query::Kind::header || query.kind == Query::Kind::cookie)
        return std::any_of(headers.begin(), headers.end(), [&](const auto& one) { return is_hidden(one.second); });
    const auto body = answer_.text();
    return body.ok() && is_hidden(std::string_view(*body.value()).substr(0, looked_at));
}

bool EntryJudge::hides(const Assert& assertion, const Value& actual) {
    const bool is_part = assertion.query.kind == Query::Kind::regex || assertion.query.kind == Query::Kind::xpath;
    const bool has_text = actual.as<std::string>() || actual.as<List>() || actual.as<Bytes>();
    return has_text && (is_part || !assertion.filters.empty()) && holds_secret(assertion.query);
}

std::optional<Fault> EntryJudge::look_at(const Assert& assertion) {
    const auto fault = [&](const Error& error) {
        return fault_of(error, Cause::assertion, std::string(rule_of_asserts), assertion.spot);
    };
    Value operand{Null{}};
    std::optional<Error> no_operand;
    if (assertion.operand) {
        auto given = operand_value(*assertion.operand);
        if (given.ok())
            operand = std::move(given).value();
        else
            no_operand = std::move(given).error();
    }
    const auto* written = operand.as<std::string>();
    answer_.names_have_blanks = have_blanks(assertion.filters) || (written && has_blanks(*written));
    const auto value = filtered(assertion.query, assertion.filters);
    if (!value.ok()) return fault(value.error());
    if (no_operand) return fault(*no_operand);
    const auto* shown = assertion.operand ? &operand : nullptr;
    const auto& subject = assertion.subject;
    if (!value.value()) {
        if (assertion.negated) return {};
        return Fault{Cause::assertion, std::string(rule_of_asserts),
                     fmt::format("{} gives nothing, {}", subject, said(assertion, shown)), assertion.spot};
    }
    const auto& actual = *value.value();
    const auto told = [&] { return hides(assertion, actual) ? std::string(hidden) : describe(actual); };
    const auto judgement = assertion.predicate->judge(actual, operand);
    if (!judgement.ok()) {
        auto error = judgement.error();
        error.place = file_.place(assertion.operand ? assertion.operand->spot : assertion.predicate_spot);
        return fault(error);
    }
    if (judgement.value() == (assertion.negated ? Judgement::no : Judgement::yes)) return {};
    return Fault{Cause::assertion, std::string(rule_of_asserts),
                 fmt::format("{} is {}, {}{}", subject, told(), said(assertion, shown),
                             judgement.value() == Judgement::mismatch ? hint(actual, assertion) : ""),
                 assertion.spot};
}

Faults EntryJudge::look(const Response& expected) {
    if (auto fault = settings_.ignore_asserts ? std::nullopt : look_at_line(expected)) return {std::move(*fault)};
    for (const auto& one : expected.captures)
        if (auto fault = capture(one)) return {std::move(*fault)};
    Faults faults;
    if (settings_.ignore_asserts) return faults;
    for (const auto& header : expected.headers) look_at_header(header, faults);
    if (expected.body) look_at_body(*expected.body, faults);
    for (const auto& assertion : expected.asserts) {
        if (auto fault = look_at(assertion)) faults.push_back(std::move(*fault));
        if (!world_.is_over || !world_.is_over()) continue;
        faults.insert(faults.begin(), {Cause::target, std::string(rule_of_asserts),
                                       "the deadline was over before the answer was judged", assertion.spot});
        break;
    }
    return faults;
}

}

Fault fault_of(const Error& error, Cause cause, std::string rule, Spot spot) {
    if (error.place.line > 0) spot = {error.place.line, error.place.column};
    return {cause, cause == Cause::script ? "smoke/script" : std::move(rule), error.message, spot};
}

std::vector<Fault> judge_entry(const Response& expected, Answer& answer, Scope& scope, const Settings& settings,
                               const File& file, const Files& files, const FilterWorld& world) {
    return EntryJudge(answer, scope, settings, file, files, world).look(expected);
}

}
