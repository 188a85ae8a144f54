/** In place of ip-num's ranges, which it makes for questions that nobody asks: the page takes single addresses from it. */
const noRange = { fromCidr: (): null => null };

export { noRange as IPv4CidrRange, noRange as IPv6CidrRange };
