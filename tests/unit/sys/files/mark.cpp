#include "sys/files/mark.h"
#include "support/catch.h"
#include "unit/sys/git_sandbox.h"

using namespace fairlead;
using namespace fairlead::sys;

TEST_CASE("a report that we wrote is known again, whatever it holds, and a copy of it is not") {
    test::Sandbox sandbox;
    sandbox.write("a.txt", "text");
    const Path file = Path(sandbox.folder) / "a.txt", copy = Path(sandbox.folder) / "b.txt";
    CHECK_FALSE(is_marked_report(file));
    mark_report(file);
    std::filesystem::copy_file(file, copy);
    CHECK_FALSE(is_marked_report(copy));
    CHECK_FALSE(is_marked_report(Path(sandbox.folder) / "absent"));
}
