#include "base/text.h"
#include "gate/formats/findings.h"
#include "gate/formats/readers.h"
#include "sys/data/json.h"
#include <fmt/format.h>

// npm audit --json: from npm 7 on one entry for each package that is affected (`vulnerabilities`), before that, and of
// pnpm, one for each advisory (`advisories`). The totals beside them are those of paths, not of entries.
namespace fairlead::gate {

namespace {

class NpmAuditHandler : public sys::JsonHandler {
  public:
    NpmAuditHandler(const Source& source, Evidence& evidence) : out_(source, "npm audit", evidence) {}

    Result<Take> begin(std::string_view path, sys::JsonKind kind) override {
        if (path.empty()) return Take::enter;
        if (is_one_of(path, {"/metadata", "/error", "/message"})) return Take::build;
        if (path == "/vulnerabilities" || path == "/advisories") {
            if (kind != sys::JsonKind::object) return out_.broken("its vulnerabilities are not an object");
            return Take::enter;
        }
        if (!path.starts_with("/vulnerabilities/") && !path.starts_with("/advisories/")) return Take::skip;
        if (kind != sys::JsonKind::object) return out_.broken("a vulnerability is not an object");
        return Take::build;
    }
    bool keeps(std::string_view path, std::string_view name) const override {
        if (path == "/metadata") return name == "vulnerabilities";
        if (path == "/error") return is_one_of(name, {"code", "summary"});
        return is_one_of(name, {"name", "module_name", "severity", "range", "vulnerable_versions", "title", "via",
                                "github_advisory_id", "url", "id"});
    }
    Result<void> built(std::string_view path, sys::Json value) override {
        if (path == "/metadata") return declare(member_of(value, "vulnerabilities"));
        if (path == "/error") {
            failed_ = true;
            error_ = trim(fmt::format("{} {}", sys::text_of(value, "code"), sys::text_of(value, "summary")));
            return {};
        }
        if (path == "/message") {
            if (value.is_string()) message_ = value.get<std::string>();
            return {};
        }
        const auto severity = TRY(out_.word(value, "severity"));
        const bool advisory = path.starts_with("/advisories/");
        Foreign finding;
        finding.rule = advisory ? sys::text_of(value, "github_advisory_id") : "";
        if (advisory && finding.rule.empty()) finding.rule = path.substr(path.rfind('/') + 1);
        finding.message = fmt::format("{} {}: {}", sys::text_of(value, advisory ? "module_name" : "name"),
                                      sys::text_of(value, advisory ? "vulnerable_versions" : "range"),
                                      advisory ? sys::text_of(value, "title") : reason_of(value, finding.rule));
        out_.add(security_level(severity), std::move(finding)); // pnpm knows none of some
        return {};
    }

    void close() {
        if (failed_) out_.fail("npm audit did not do its work: " + one_line(error_.empty() ? message_ : error_));
        if (declares_ && out_.empty()) out_.fail("npm audit counts vulnerabilities, but lists none");
    }

  private:
    Result<void> declare(const sys::Json& counts) {
        for (const auto* level : {"info", "low", "moderate", "high", "critical"}) {
            const sys::Json& count = member_of(counts, level);
            declares_ = declares_ || (count.is_number() && count > 0);
        }
        return {};
    }

    // Either advisories of the package itself, or the names of packages that it needs.
    static std::string reason_of(const sys::Json& value, std::string& rule) {
        const sys::Json& via = member_of(value, "via");
        if (!via.is_array() || via.empty()) return {};
        if (via.front().is_string()) return "by " + via.front().get<std::string>();
        const auto url = sys::text_of(via.front(), "url");
        rule = url.substr(url.rfind('/') + 1); // "GHSA-…"; without a slash all of it
        return sys::text_of(via.front(), "title");
    }

    Findings out_;
    bool declares_ = false; // some vulnerability
    bool failed_ = false;
    std::string error_, message_; // an answer of the registry that npm passes on has the latter alone
};

}

Result<void> read_npm_audit(const Source& source, const SourceTree&, Evidence& evidence) {
    NpmAuditHandler handler(source, evidence);
    TRY_VOID(source.json(handler));
    handler.close();
    return {};
}

}
