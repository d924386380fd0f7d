#pragma once
#include "backup/stores/kinds.h"
#include "backup/stores/s3_client.h"
#include "sys/stream/stream.h"
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

// Writes objects of a bucket (small objects at once, larger ones in parts) and reads them (in ranges).
namespace fairlead::backup {

constexpr std::uint64_t s3_smallest_part = 16u << 20, s3_most_parts = 10'000;

// Sends nothing before a part is full. `part`: size of a part in bytes.
std::unique_ptr<sys::Sink> s3_sink(std::shared_ptr<S3Client> client, std::string key, std::string name,
                                   std::uint64_t part, Over over = Over::no);
// Error (no): there is no such object. If the object changes while it is read, read() returns an error.
Result<std::unique_ptr<sys::Source>> s3_source(std::shared_ptr<S3Client> client, std::string key, std::string name);
// Returns the size of parts that is enough for the expected bytes and a quarter more.
std::uint64_t s3_part_for(std::optional<std::uint64_t> expected_bytes);

}
