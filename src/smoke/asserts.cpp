#include "smoke/asserts.h"
#include "smoke/hurl/judge_entry.h"
#include "sys/clock.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::smoke {

namespace {

using hurl::Query;

const hurl::Assert& the_assert(const hurl::File& file) { return file.entries.front().response->asserts.front(); }

bool is_single(const hurl::File& file) {
    if (file.entries.size() != 1 || !file.entries.front().response) return false;
    const auto& answer = *file.entries.front().response;
    return answer.asserts.size() == 1 && answer.captures.empty() && answer.headers.empty() && !answer.body;
}

bool names_file(const hurl::Literal& literal) { return std::holds_alternative<hurl::FileName>(literal.is); }

bool names_file(const hurl::Assert& assertion) {
    const auto in_filter = [](const hurl::FilterUse& use) {
        return std::any_of(use.operands.begin(), use.operands.end(),
                           [](const hurl::Literal& literal) { return names_file(literal); });
    };
    return (assertion.operand && names_file(*assertion.operand)) ||
           std::any_of(assertion.filters.begin(), assertion.filters.end(), in_filter);
}

// An expression that is none is a fault of the file, whatever the answer has.
Result<void> check_operand(const hurl::File& file) {
    const auto& query = the_assert(file).query;
    hurl::Answer answer;
    answer.response.body = query.kind == Query::Kind::xpath ? "<a/>" : "{}";
    const auto asked = hurl::ask(query, answer, {}, hurl::Coercion::on, file);
    if (!asked.ok() && asked.error().kind == Kind::usage) return usage(asked.error().message);
    const auto& assertion = the_assert(file);
    const auto* text = assertion.operand ? std::get_if<hurl::Template>(&assertion.operand->is) : nullptr;
    if (text == nullptr) return {};
    auto operand = TRY(hurl::rendered(*text, {}, file));
    const auto judged = assertion.predicate->judge(hurl::Value{std::string()}, hurl::Value{std::move(operand)});
    return judged.ok() || judged.error().kind != Kind::usage ? Result<void>() : usage(judged.error().message);
}

}

HurlAssert::HurlAssert(hurl::File file) : file_(std::make_shared<const hurl::File>(std::move(file))) {}

Result<HurlAssert> HurlAssert::parse(std::string_view text) {
    const auto refused = [&](std::string_view reason) {
        return usage(fmt::format("'{}' is not an assert: {}", text, reason));
    };
    if (text.find_first_of("\r\n") != text.npos) return refused("it has several lines; write one assert in each");
    if (text.find("{{") != text.npos) return refused("a check has no variables; write a Hurl file");
    auto file = hurl::read_file("asserts", fmt::format("GET http://host\nHTTP *\n[Asserts]\n{}\n", text));
    if (!file.ok()) return refused(file.error().message);
    if (!is_single(file.value())) return refused("expected a query and a predicate, such as status == 200");
    const auto kind = the_assert(file.value()).query.kind;
    if (kind == Query::Kind::url || kind == Query::Kind::redirects || kind == Query::Kind::variable)
        return refused(fmt::format("{} is only known in a Hurl file", hurl::query_name(kind)));
    if (names_file(the_assert(file.value()))) return refused("files are only read by a Hurl file");
    if (const auto good = check_operand(file.value()); !good.ok()) return refused(good.error().message);
    return HurlAssert(std::move(file).value());
}

bool HurlAssert::wants_certificate() const { return the_assert(*file_).query.kind == Query::Kind::certificate; }

bool HurlAssert::is_about_status() const { return the_assert(*file_).query.kind == Query::Kind::status; }

std::optional<Mismatch> judge_asserts(const std::vector<HurlAssert>& asserts, const sys::HttpResponse& response,
                                      const std::function<bool()>& is_over) {
    if (asserts.empty()) return {};
    hurl::Answer answer;
    answer.response = response;
    answer.is_decoded = true;
    hurl::Scope scope;
    const hurl::Files unread{sys::Root::everything(), {}}; // parse() refuses what names a file
    const hurl::FilterWorld world{std::chrono::time_point_cast<std::chrono::microseconds>(sys::real_clock().now()),
                                  hurl::Coercion::on, is_over};
    for (const auto& one : asserts) {
        const auto& file = *one.file_;
        auto faults = hurl::judge_entry(*file.entries.front().response, answer, scope, {}, file, unread, world);
        if (!faults.empty()) return Mismatch{"smoke/assert", std::move(faults.front().message)};
    }
    return {};
}

}
