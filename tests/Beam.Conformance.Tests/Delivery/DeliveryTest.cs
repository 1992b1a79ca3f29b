using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;

namespace Beam.Conformance.Tests.Delivery;

/// <summary>A host for tests of what a sender learns, which must leave nothing and log nothing.</summary>
public abstract class DeliveryTest : IAsyncLifetime
{
    private X509Certificate2? _certificate;

    protected KestrelBeamHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var selfSigned = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        _certificate = X509CertificateLoader.LoadPkcs12(selfSigned.Export(X509ContentType.Pkcs12), password: null);
        Host = await KestrelBeamHost.StartAsync(
            new BeamHostSettings(Storage.Memory, StallTimeout: TimeSpan.FromSeconds(2), DrainTimeout: TimeSpan.Zero),
            configureListening: kestrel => kestrel.Listen(IPAddress.Loopback, 0, endpoint => endpoint.UseHttps(_certificate)));
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Eventually.TrueAsync(async () => (await Host.GetHoldingsAsync()).IsEmpty, "nothing is left");
        Assert.Empty(Host.Complaints);
        await Host.DisposeAsync();
        _certificate?.Dispose();
    }

    private protected async Task<Upload> UploadAsync(int bytes = 1_000_000)
    {
        var upload = await Upload.PrepareAsync(Host, bytes);
        upload.Begin();
        return upload;
    }

    /// <summary>Waits until the receiver's connection has taken everything.</summary>
    protected Task WaitUntilHandedOverAsync()
        => Eventually.TrueAsync(async () => (await Host.GetHoldingsAsync()).Confirming == 1, "the connection has taken all bytes");

    private protected async Task<RawHttpClient> AskAsync(Upload upload, string version = "HTTP/1.1", int? receiveBufferBytes = null)
    {
        var client = await RawHttpClient.ConnectAsync(Host.Port, receiveBufferBytes);
        await client.SendAsync($"GET {upload.Path} {version}\r\nHost: localhost\r\n\r\n");
        return client;
    }
}
