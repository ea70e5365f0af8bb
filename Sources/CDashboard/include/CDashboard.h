#ifndef NETMON_DASHBOARD_H
#define NETMON_DASHBOARD_H

#include <stddef.h>
#include <stdint.h>

/// A file of the page, embedded into the program.
struct netmon_asset {
  /// Where it is served.
  const char *_Nonnull path;
  /// Its media type.
  const char *_Nonnull type;
  const uint8_t *_Nonnull bytes;
  size_t count;
};

/// How many files there are.
size_t netmon_asset_count(void);

/// The file of that index.
struct netmon_asset netmon_asset_at(size_t index);

#endif
