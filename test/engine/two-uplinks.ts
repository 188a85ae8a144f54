/** A node with two uplinks, in namespaces of Linux 6.18: what `ip addr` printed, its routes without a default, and what else is told of it. */
export const links = `1: lo: <LOOPBACK,UP>
    inet 127.0.0.1/8 scope host lo
3: eth0@if2: <UP>
    inet 192.168.0.2/24 scope global eth0
5: cni0@if4: <UP>
    inet 10.180.0.1/24 scope global cni0
7: eth1@if6: <UP>
    inet 192.168.1.2/24 scope global eth1
`;
export const own = `10.180.0.0/24 dev cni0 proto kernel scope link src 10.180.0.1
192.168.0.0/24 dev eth0 proto kernel scope link src 192.168.0.2
192.168.1.0/24 dev eth1 proto kernel scope link src 192.168.1.2
`;
export const pods = 'podIf: cni0\npodCIDR: 10.180.0.0/24\n';
