#include "sys/files/seal.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::sys;

TEST_CASE("sealed files can't be written to nor run as another user; folders and what links lead to stay as they are") {
    const auto inside = TemporaryFolder::make("fairlead-seal").value(),
               outside = TemporaryFolder::make("other").value();
    const auto& root = inside.path();
    make_folders(root / "sub").value();
    write_file(root / "plain", "1", 0644).value();
    write_file(root / "sub/program", "2", 0755).value();
    write_file(outside.path() / "mine", "3").value();
    replace_symlink(outside.path(), root / "folder").value();
    replace_symlink(outside.path() / "mine", root / "file").value();
    std::filesystem::permissions(root / "sub/program", std::filesystem::perms(06755));
    const auto folder_mode = inspect(root / "sub").mode;
    REQUIRE(seal_files(root).ok());
    CHECK(inspect(root / "plain").mode == 0444);
    CHECK(inspect(root / "sub/program").mode == 0555);
    CHECK(inspect(root / "sub").mode == folder_mode);
    CHECK(inspect(outside.path() / "mine").mode == 0644);
    CHECK_FALSE(seal_files(root / "absent").ok());
}
