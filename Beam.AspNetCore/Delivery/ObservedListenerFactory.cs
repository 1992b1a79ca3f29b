using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Beam.AspNetCore.Delivery;

/// <summary>A server's transport whose connections carry a <see cref="ClientConnection"/>.</summary>
internal sealed class ObservedListenerFactory(IConnectionListenerFactory transport, TcpKernel kernel)
    : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    public bool CanBind(EndPoint endpoint) => transport is not IConnectionListenerFactorySelector selector || selector.CanBind(endpoint);

    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        if (endpoint is IPEndPoint)
        {
            await kernel.TryOutAsync();
        }

        return new ObservedListener(await transport.BindAsync(endpoint, cancellationToken), kernel);
    }
}
