#include "smoke/expected_version.h"
#include "sys/files.h"
#include "sys/git.h"
#include "sys/json.h"

namespace fairlead::smoke {

namespace {

Result<std::string> last_deployed(const std::string& folder) {
    const std::string where = folder.empty() ? "." : folder;
    const auto path = where + "/.fairlead/out/deploy.json";
    if (const auto text = sys::read_file(path); text.ok()) {
        const auto document = TRY(sys::parse_json(text.value(), path));
        const auto* version = sys::json_pointer(document, "/outputs/version");
        if (version && version->is_string() && !version->get<std::string>().empty()) return version->get<std::string>();
    }
    auto repository = TRY(sys::Repository::open(where));
    if (const auto head = repository.head_commit()) return *head;
    return could_not("version 'auto' is what deploy recorded last, else HEAD: there is neither");
}

}

Result<Plan> expect_version(Plan plan, const std::string& version, const VersionSource& source,
                            const std::string& folder) {
    if (!version.empty()) {
        if (!plan.ready) {
            plan.ready = plan.checks.front();
            plan.ready->name = "ready";
        }
        // fairlead.yml may say where (`ready.from`); the flag's source is for what it does not say.
        if (plan.ready->expect.version_source.name == VersionSource{}.name) plan.ready->expect.version_source = source;
        plan.ready->expect.version = version;
    }
    if (plan.ready && plan.ready->expect.version == "auto") plan.ready->expect.version = TRY(last_deployed(folder));
    return plan;
}

}
