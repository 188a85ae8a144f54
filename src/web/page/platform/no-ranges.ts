/** In place of ip-num's ranges, which it makes for questions that nobody asks: the page takes single addresses from it. */
class NoRange {
  static fromCidr(): null {
    return null;
  }
}

export { NoRange as IPv4CidrRange, NoRange as IPv6CidrRange };
