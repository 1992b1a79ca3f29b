using System.Text;

namespace Beam.Server.Tests.Support;

/// <summary>A request that came to an <see cref="HttpSink"/>.</summary>
internal sealed record SunkRequest(string Path, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);
}
