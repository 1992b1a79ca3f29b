using System.Globalization;
using System.Net.Http.Headers;
using Beam.AspNetCore.Tests.Servers;
using Beam.Transfers;

namespace Beam.AspNetCore.Tests.Uploads;

/// <summary>What tests of uploads in several requests share.</summary>
public abstract class UploadTests : HttpTests
{
    protected const int Size = 300_000;
    protected const int Broken = 40_000;

    protected static readonly byte[] File = TestBytes.Create(23, Size);

    /// <summary>A server that lets a side that breaks off come back.</summary>
    private protected Task<BeamServer> StartResumableServerAsync(Action<BeamOptions>? options = null, Action<BeamHttpOptions>? http = null)
        => StartServerAsync(setup =>
        {
            setup.Options = value =>
            {
                value.ResumeTimeout = TimeSpan.FromMinutes(1);
                options?.Invoke(value);
            };
            setup.HttpOptions = http ?? setup.HttpOptions;
        });

    /// <summary>Sends the first bytes of <see cref="File"/> with a length of all, and dies.</summary>
    private protected async Task BreakAsync(BeamServer server, string path)
    {
        using var client = await BeginAsync(server, path);
        client.Reset();
        await server.WaitForAsync(SenderIsGone);
    }

    /// <summary>Sends the first bytes of <see cref="File"/> and stays.</summary>
    private protected async Task<RawHttpClient> BeginAsync(BeamServer server, string path)
    {
        var client = await ConnectAsync(server);
        await client.SendAsync($"PUT /{path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {Size}\r\n\r\n");
        await client.SendAsync(File.AsMemory(0, Broken));
        await server.WaitForAsync(static transfer => transfer.Held.To == Broken);
        return client;
    }

    private protected static bool SenderIsGone(TransferSnapshot transfer)
        => transfer is { WantedReceivers: not null, IsSenderConnected: false };

    private protected static async Task<HttpResponseMessage> HeadAsync(BeamServer server, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, path);
        return await server.Client.SendAsync(request);
    }

    /// <summary>Sends a piece as the draft has it.</summary>
    private protected static Task<HttpResponseMessage> PatchAsync(
        BeamServer server,
        string path,
        long offset,
        byte[] piece,
        string? complete = null)
        => SendAsync(
            server,
            HttpMethod.Patch,
            path,
            piece,
            ("Upload-Offset", offset.ToString(CultureInfo.InvariantCulture)),
            ("Upload-Complete", complete));

    private protected static async Task<HttpResponseMessage> SendAsync(
        BeamServer server,
        HttpMethod method,
        string path,
        byte[] body,
        params (string Name, string? Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = new ByteArrayContent(body) };
        if (method == HttpMethod.Patch && !headers.Any(static header => header.Name == "Content-Type"))
        {
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/partial-upload");
        }

        foreach (var (name, value) in headers.Where(static header => header.Value is not null))
        {
            Assert.True(
                request.Headers.TryAddWithoutValidation(name, value) || request.Content.Headers.TryAddWithoutValidation(name, value));
        }

        return await server.Client.SendAsync(request);
    }

    /// <summary>What an answer says of the upload: offset, completeness and length.</summary>
    private protected static (int Status, string? Offset, string? Complete, string? Length) State(HttpResponseMessage answer)
        => ((int)answer.StatusCode, Field(answer, "Upload-Offset"), Field(answer, "Upload-Complete"), Field(answer, "Upload-Length"));

    private protected static string? Field(HttpResponseMessage answer, string name)
        => answer.Headers.TryGetValues(name, out var values) || answer.Content.Headers.TryGetValues(name, out values)
            ? string.Join(", ", values)
            : null;
}
