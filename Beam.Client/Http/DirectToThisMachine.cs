using System.Net;

namespace Beam.Client;

/// <summary>
/// The system's proxy, except for this machine: what is meant for a server here must not travel to a proxy and back, least of all a key in
/// clear text.
/// </summary>
internal sealed class DirectToThisMachine : IWebProxy
{
    public ICredentials? Credentials
    {
        get => HttpClient.DefaultProxy.Credentials;
        set => HttpClient.DefaultProxy.Credentials = value;
    }

    public Uri? GetProxy(Uri destination) => IsBypassed(destination) ? null : HttpClient.DefaultProxy.GetProxy(destination);

    public bool IsBypassed(Uri host) => host.IsLoopback || HttpClient.DefaultProxy.IsBypassed(host);
}
