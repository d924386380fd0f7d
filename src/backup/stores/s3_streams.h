#pragma once
#include "backup/stores/kinds.h"
#include "backup/stores/s3_client.h"
#include "sys/stream/stream.h"
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

// Objects of a bucket as they are written (at once where they are small, else in parts) and read (in ranges).
namespace fairlead::backup {

constexpr std::uint64_t s3_smallest_part = 16u << 20, s3_most_parts = 10'000;

// Nothing is sent before a part is full; `part`: its bytes.
std::unique_ptr<sys::Sink> s3_sink(std::shared_ptr<S3Client> client, std::string key, std::string name,
                                   std::uint64_t part, Over over = Over::no);
// Error (no): there is none. A change meanwhile is an error of read().
Result<std::unique_ptr<sys::Source>> s3_source(std::shared_ptr<S3Client> client, std::string key, std::string name);
// How large parts have to be for so many bytes and a quarter more.
std::uint64_t s3_part_for(std::optional<std::uint64_t> expected_bytes);

}
