#include "verify/verify.h"
#include "support/catch.h"

using fairlead::verify::statement_names;

TEST_CASE("the statement of a release is found by the version in the file's name") {
    const auto second = [](const char* file) {
        const auto names = statement_names(file);
        CHECK(names.front() == std::string(file) + ".intoto.json");
        return names.size() == 2 ? names[1] : "";
    };
    CHECK(second("fairlead-1.2.3-linux-x64.tar.gz") == "fairlead-1.2.3.intoto.json");
    CHECK(second("fairlead-1.2.3-rc.1-linux-arm64.tar.gz") == "fairlead-1.2.3-rc.1.intoto.json");
    CHECK(second("fairlead_1.2.3_amd64.deb") == "fairlead-1.2.3.intoto.json");
    CHECK(second("fairlead-1.2.3-image-x64.tar.gz") == "fairlead-1.2.3.intoto.json");
    CHECK(second("fairlead-1.2.3.cdx.json") == "fairlead-1.2.3.intoto.json");
    CHECK(second("fairlead-1.2.3-linux-x64.spdx.json") == "fairlead-1.2.3.intoto.json");
    CHECK(second("fairlead-scan").empty());
    CHECK(second("fairlead--linux-x64").empty());
    CHECK(second("SHA256SUMS").empty());
}
