using Beam.AspNetCore;
using Beam.Server.Settings;

namespace Beam.Server.Hosting;

/// <summary>What the server prints of what it takes to stand before it, where its operator should know.</summary>
internal static class ProxyNotes
{
    private const string Assumed = """
        Clients are taken to reach this server directly, or through HTTP proxies that show in requests.
        Behind a TCP proxy set Beam:BehindProxy=tcp: otherwise a sender may read "confirmed" for bytes that nobody got.
        Beam:BehindProxy=none says that there is none, and ends this note.


        """;

    private const string OneAddress = """
        Behind a TCP proxy all clients have its address, and limits for each address hold for all together.
        If it speaks the PROXY protocol, set Beam:ProxyProtocol=true.


        """;

    private const string UnknownProxy = """
        Beam:BehindProxy is http, and Beam:KnownProxies is not set: nobody's forwarding headers count.
        All clients have the proxy's address, and limits for each address hold for all together.


        """;

    /// <param name="section">The settings.</param>
    /// <param name="isOpen">Whether other machines can reach the server.</param>
    public static string Render(BeamSection section, bool isOpen) => section.BehindProxy switch
    {
        null when isOpen && !section.Server.ProxyProtocol => Assumed,
        ProxyKind.Http when !section.KnownProxies.AreAny => UnknownProxy,
        ProxyKind.Tcp when !section.Server.ProxyProtocol => OneAddress,
        _ => "",
    };
}
