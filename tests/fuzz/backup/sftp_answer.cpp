// A packet of an SFTP server: an answer within its bytes, or an error.
#include "backup/stores/sftp_packets.h"
#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace fairlead::backup;

extern "C" int fuzz_backup_sftp_answer(const std::uint8_t* data, std::size_t size) {
    const std::string_view body(reinterpret_cast<const char*>(data), size);
    const auto answer = sftp::read_answer(body);
    if (!answer.ok()) {
        if (answer.error().message.empty()) std::abort();
        return 0;
    }
    std::size_t held = answer->text.size();
    for (const auto& entry : answer->entries) held += entry.name.size() + 12;
    for (const auto& [name, value] : answer->extensions) held += name.size() + value.size();
    if (held > size || sftp::big_numbers(answer->text).size() > size / 8) std::abort();
    return 0;
}
