#pragma once
#include "base/result.h"
#include "base/time.h"
#include "sys/stream/stream.h"
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// What a segment of WAL tells of time: when transactions ended in it. The layout of pages, of a record's head and of
// these records is the same from PostgreSQL 9.5 to 18 (access/xlogrecord.h, access/xlog_internal.h, access/xact.h), on
// machines that store the low byte first.
namespace fairlead::backup::pitr {

struct Ended {
    std::optional<SystemTime> first, last; // commits and aborts in it; nothing: none ended there
    std::optional<SystemTime> beyond;      // the first one after `moment`: recovery to it stops there
};
// Records that go on in the next segment are not looked at. Error (no) with `name`: it is no segment of WAL.
Result<Ended> read_times(sys::Source& segment, const std::string& name, std::optional<SystemTime> moment);

}
