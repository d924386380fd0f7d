#include "tag/script/moment.h"
#include <cstdint>
#include <cstring>

// A date format, for an instant and an offset made of the first bytes; then the same bytes as a zone's name.
extern "C" int fuzz_tag_dates(const std::uint8_t* data, std::size_t size) {
    using namespace fairlead;
    if (size < 6) return 0;
    std::int32_t days = 0;
    std::int16_t minutes = 0;
    std::memcpy(&days, data, sizeof days);
    std::memcpy(&minutes, data + sizeof days, sizeof minutes);
    const std::string_view format(reinterpret_cast<const char*>(data) + 6, size - 6);
    const tag::LocalMoment moment{SystemTime{std::chrono::hours{24} * (days % 4'000'000)}, minutes % 840 * 60, "XYZ",
                                  false};
    (void)tag::format_moment(moment, format);
    if (size < 40 && data[0] < 8) (void)tag::in_zone(moment.instant, format);
    return 0;
}
