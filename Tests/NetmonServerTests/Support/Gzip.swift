import Compression

/// The bytes as one gzip member.
func gzip(_ input: some Sequence<UInt8>, level: Int32 = 6) -> [UInt8] {
  guard let output = Gzip.compress(Array(input), level: level) else {
    preconditionFailure("zlib has no memory")
  }
  return output
}
