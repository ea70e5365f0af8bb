#if canImport(Glibc)
  import Glibc
#endif

/// The columns that `COLUMNS` in the environment says, or else those of the terminal that a file
/// descriptor refers to; 80 where nobody knows.
package func terminalWidth(of fileDescriptor: Int32, environment: [String: String]) -> Int {
  if let columns = environment["COLUMNS"].flatMap(Int.init), columns > 0 { return columns }
  #if canImport(Glibc)
    var size = winsize()
    if ioctl(fileDescriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 {
      return Int(size.ws_col)
    }
  #endif
  return 80
}
