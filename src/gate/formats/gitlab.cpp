#include "gate/formats/findings.h"
#include "gate/formats/readers.h"
#include "sys/data/json.h"
#include <fmt/format.h>

// GitLab's security reports (SAST, secret detection, dependency, container, DAST, fuzzing): security-report-schemas.
namespace fairlead::gate {

namespace {

class GitlabHandler : public FindingsHandler {
  public:
    GitlabHandler(const Source& source, Evidence& evidence) : FindingsHandler(source, "GitLab", evidence) {}

    bool keeps(std::string_view path, std::string_view name) const override {
        return path != "/vulnerabilities/*" || is_one_of(name, {"name", "message", "description", "severity", "cve",
                                                                "scanner", "location", "identifiers"});
    }

  protected:
    Part part(std::string_view path) const override {
        if (path == "/vulnerabilities") return Part::list;
        if (path == "/scan/status") return Part::fact;
        return path.empty() || path == "/scan" ? Part::enter : Part::skip;
    }
    Result<void> item(std::string_view, const sys::Json& value) override {
        const auto severity = TRY(out.word(value, "severity"));
        Foreign finding;
        finding.tool = sys::text_of(member_of(value, "scanner"), "name");
        finding.rule = rule_of(value);
        for (const auto* key : {"name", "message", "description"})
            if (finding.message.empty()) finding.message = sys::text_of(value, key);
        const sys::Json& place = member_of(value, "location");
        finding.file = sys::text_of(place, "file");
        finding.line = number_of(place, "start_line");
        add_package(place, finding.message);
        out.add(security_level(severity), std::move(finding));
        return {};
    }
    Result<void> fact(std::string_view, const sys::Json& value) override {
        if (value != sys::Json("success")) out.fail(fmt::format("the scan ended as {}", one_line(value.dump(), 60)));
        return {};
    }

  private:
    static std::string rule_of(const sys::Json& value) {
        const sys::Json& identifiers = member_of(value, "identifiers");
        auto name = identifiers.is_array() && !identifiers.empty() ? sys::text_of(identifiers.front(), "name") : "";
        return name.empty() ? sys::text_of(value, "cve") : name;
    }
    static void add_package(const sys::Json& place, std::string& message) {
        const sys::Json& dependency = member_of(place, "dependency");
        const auto name = sys::text_of(member_of(dependency, "package"), "name");
        if (!name.empty()) message = fmt::format("{} {}: {}", name, sys::text_of(dependency, "version"), message);
    }
};

}

Result<void> read_gitlab(const Source& source, const SourceTree&, Evidence& evidence) {
    GitlabHandler handler(source, evidence);
    return read_findings(source, handler);
}

}
