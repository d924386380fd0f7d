#include "sys/files/seal.h"
#include "sys/descriptor.h"
#include <sys/stat.h>

namespace fairlead::sys {

Result<void> seal_files(const Path& folder) {
    constexpr unsigned read_and_execute = 0555;
    for (const auto& name : TRY(list_folder(folder))) {
        const Path path = folder / name;
        const FileInfo info = inspect(path);
        if (info.type == FileType::folder) TRY_VOID(seal_files(path));
        if (info.type != FileType::file || (info.mode & ~read_and_execute) == 0) continue;
        if (::chmod(path.c_str(), info.mode & read_and_execute) != 0)
            return path_error(path.string(), "given its mode");
    }
    return {};
}

}
