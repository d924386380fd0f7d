#include "gate/formats/findings.h"
#include "gate/formats/readers.h"
#include "sys/data/json.h"
#include <fmt/format.h>

// Trivy, --format json: of an image or a folder (`Results`, which is missing or null where nothing was found), of a
// cluster (`Resources`, before 0.37 `Vulnerabilities` and `Misconfigurations`, in a summary `Findings`), and the list
// of results that it wrote before 0.20.
namespace fairlead::gate {

namespace {

class TrivyHandler : public FindingsHandler {
  public:
    TrivyHandler(const Source& source, Evidence& evidence)
        : FindingsHandler(source, "Trivy", evidence), evidence_(evidence) {}

    bool keeps(std::string_view, std::string_view name) const override {
        return is_one_of(name, {"Severity", "Status", "VulnerabilityID", "PkgName", "InstalledVersion", "Title", "ID",
                                "AVDID", "Message", "CauseMetadata", "RuleID", "StartLine", "Name", "FilePath"});
    }
    Result<void> left(std::string_view path) override {
        if (is_result(path)) name_targets();
        return {};
    }

  protected:
    Part part(std::string_view path) const override {
        const auto slash = path.rfind('/');
        const auto above = path.substr(0, slash == path.npos ? 0 : slash), name = path.substr(above.size());
        if (is_result(above)) {
            if (is_one_of(name, {"/Vulnerabilities", "/Misconfigurations", "/Secrets", "/Licenses"})) return Part::list;
            if (name == "/Target") return Part::fact;
        }
        if (is_resource(above) && name == "/Error") return Part::fact;
        if (path.empty() || path == "/Results" || is_result(path) || is_resource(path)) return Part::enter;
        if (is_resource(above) && name == "/Results") return Part::enter;
        return is_one_of(path, {"/Resources", "/Findings", "/Vulnerabilities", "/Misconfigurations"}) ? Part::enter
                                                                                                      : Part::skip;
    }
    Result<void> item(std::string_view list, const sys::Json& value) override {
        const auto severity = TRY(out.word(value, "Severity"));
        if (list.ends_with("/Misconfigurations")) {
            const auto status = TRY(out.word(value, "Status"));
            if (status == "PASS" || status == "EXCEPTION") return {};
        }
        out.add(security_level(severity), finding_of(list, value));
        return {};
    }
    Result<void> fact(std::string_view path, const sys::Json& value) override {
        if (!value.is_string()) return {};
        const auto text = value.get<std::string>();
        if (path.ends_with("/Target"))
            target_ = text.substr(0, 4096);
        else if (!text.empty())
            out.fail("Trivy could not look at a resource of the cluster: " + one_line(text));
        return {};
    }

  private:
    static bool is_resource(std::string_view path) {
        return is_one_of(path, {"/Resources/*", "/Findings/*", "/Vulnerabilities/*", "/Misconfigurations/*"});
    }
    static bool is_result(std::string_view path) {
        constexpr std::string_view results = "/Results/*";
        if (path == results || path == "/*") return true;
        return path.ends_with(results) && is_resource(path.substr(0, path.size() - results.size()));
    }
    static Foreign finding_of(std::string_view list, const sys::Json& value) {
        Foreign finding;
        if (list.ends_with("/Vulnerabilities")) {
            finding.rule = sys::text_of(value, "VulnerabilityID");
            finding.message = fmt::format("{} {}: {}", sys::text_of(value, "PkgName"),
                                          sys::text_of(value, "InstalledVersion"), sys::text_of(value, "Title"));
        } else if (list.ends_with("/Misconfigurations")) {
            finding.rule = sys::text_of(value, "ID");
            finding.message = sys::text_of(value, "Message");
            if (finding.message.empty()) finding.message = sys::text_of(value, "Title");
            finding.line = number_of(member_of(value, "CauseMetadata"), "StartLine");
        } else if (list.ends_with("/Secrets")) {
            finding.rule = sys::text_of(value, "RuleID");
            finding.message = sys::text_of(value, "Title");
            finding.line = number_of(value, "StartLine");
        } else {
            finding.rule = "license";
            finding.message = fmt::format("{}: {}", sys::text_of(value, "PkgName"), sys::text_of(value, "Name"));
            finding.file = sys::text_of(value, "FilePath");
        }
        return finding;
    }
    // The target may come after its findings.
    void name_targets() {
        for (; named_ < evidence_.foreign.size(); ++named_)
            if (evidence_.foreign[named_].file.empty()) evidence_.foreign[named_].file = target_;
        target_.clear();
    }

    Evidence& evidence_;
    std::string target_;    // a file, or "alpine:3.19 (alpine 3.19.1)"
    std::size_t named_ = 0; // of the findings that are kept
};

}

Result<void> read_trivy(const Source& source, const SourceTree&, Evidence& evidence) {
    TrivyHandler handler(source, evidence);
    return read_findings(source, handler);
}

}
