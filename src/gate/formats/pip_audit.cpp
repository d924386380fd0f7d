#include "gate/formats/findings.h"
#include "gate/formats/readers.h"
#include "sys/data/json.h"
#include <fmt/format.h>

// pip-audit, -f json: pypa/pip-audit, pip_audit/_format/json.py. It knows no severities and fails on each
// vulnerability.
namespace fairlead::gate {

namespace {

class PipAuditHandler : public FindingsHandler {
  public:
    PipAuditHandler(const Source& source, Evidence& evidence) : FindingsHandler(source, "pip-audit", evidence) {}

    bool keeps(std::string_view path, std::string_view name) const override {
        return path != "/dependencies/*" || is_one_of(name, {"name", "version", "vulns", "skip_reason"});
    }

  protected:
    Part part(std::string_view path) const override {
        if (path == "/dependencies") return Part::list;
        return path.empty() ? Part::enter : Part::skip;
    }
    Result<void> item(std::string_view, const sys::Json& value) override {
        const sys::Json& vulnerabilities = member_of(value, "vulns"); // a package that was skipped has none
        if (const auto why = sys::text_of(value, "skip_reason"); !why.empty() && skipped_++ == 0)
            skipped_because_ = why;
        audited_ |= vulnerabilities.is_array();
        if (!vulnerabilities.is_null() && !vulnerabilities.is_array()) return out.broken("'vulns' is not a list");
        for (const sys::Json& one : vulnerabilities) {
            if (!one.is_object()) return out.broken("a vulnerability is not an object");
            const sys::Json& fixes = member_of(one, "fix_versions");
            const bool is_fixed = fixes.is_array() && !fixes.empty() && fixes.front().is_string();
            Foreign finding;
            finding.rule = sys::text_of(one, "id");
            finding.message =
                fmt::format("{} {}: {}", sys::text_of(value, "name"), sys::text_of(value, "version"),
                            is_fixed ? "fixed in " + fixes.front().get<std::string>() : "no fix is known");
            out.add(Level::error, std::move(finding));
        }
        return {};
    }
    Result<void> close() override {
        if (skipped_ > 0 && !audited_)
            out.fail(fmt::format("pip-audit skipped all {} dependencies: {}", skipped_, skipped_because_));
        return {};
    }

  private:
    int skipped_ = 0;
    std::string skipped_because_; // the first reason
    bool audited_ = false;        // at least one dependency
};

}

Result<void> read_pip_audit(const Source& source, const SourceTree&, Evidence& evidence) {
    PipAuditHandler handler(source, evidence);
    return read_findings(source, handler);
}

}
