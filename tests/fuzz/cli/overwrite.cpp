#include "cli/overwrite.h"
#include "report/formats.h"
#include <cstdint>
#include <cstdlib>
#include <string>

using namespace fairlead;

// What --output finds in its place: any bytes. Blanks around them make no report of what was none, and a format that is
// unknown has none.
extern "C" int fuzz_cli_overwrite(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    for (const auto& format : report::formats())
        if (cli::may_be_ours(format.name, text) != cli::may_be_ours(format.name, "\n " + text + " \n")) std::abort();
    if (cli::may_be_ours("nonsense", "x" + text)) std::abort();
    return 0;
}
