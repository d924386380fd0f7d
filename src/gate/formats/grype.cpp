#include "gate/formats/findings.h"
#include "gate/formats/readers.h"
#include "sys/data/json.h"
#include <fmt/format.h>

// Grype, -o json: anchore/grype, schema/grype/db and grype/presenter/models. What its configuration ignores is listed
// apart (`ignoredMatches`) and doesn't count.
namespace fairlead::gate {

namespace {

class GrypeHandler : public FindingsHandler {
  public:
    GrypeHandler(const Source& source, Evidence& evidence) : FindingsHandler(source, "Grype", evidence) {}

    bool keeps(std::string_view path, std::string_view name) const override {
        return path != "/matches/*" || name == "vulnerability" || name == "artifact";
    }

  protected:
    Part part(std::string_view path) const override {
        if (path == "/matches") return Part::list;
        return path.empty() ? Part::enter : Part::skip;
    }
    Result<void> item(std::string_view, const sys::Json& value) override {
        const sys::Json& vulnerability = member_of(value, "vulnerability");
        if (!vulnerability.is_object()) return out.broken("a match has no vulnerability");
        const sys::Json& artifact = member_of(value, "artifact");
        const auto severity = TRY(out.word(vulnerability, "severity"));
        Foreign finding;
        finding.rule = sys::text_of(vulnerability, "id");
        finding.message = fmt::format("{} {}: {}", sys::text_of(artifact, "name"), sys::text_of(artifact, "version"),
                                      severity.empty() ? "unknown" : severity);
        const sys::Json& places = member_of(artifact, "locations");
        if (places.is_array() && !places.empty()) finding.file = sys::text_of(places.front(), "path");
        out.add(security_level(severity), std::move(finding));
        return {};
    }
};

}

Result<void> read_grype(const Source& source, const SourceTree&, Evidence& evidence) {
    GrypeHandler handler(source, evidence);
    return read_findings(source, handler);
}

}
