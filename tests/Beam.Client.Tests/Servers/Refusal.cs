using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Beam.Client.Tests.Servers;

/// <summary>Refuses uploads as Beam does, before they reach it.</summary>
internal sealed class Refusal(int status, string code, TimeSpan? retryAfter = null, int times = int.MaxValue)
{
    private int _count;

    /// <summary>Gets how many uploads came, refused or not.</summary>
    public int Uploads => Volatile.Read(ref _count);

    public void Configure(WebApplication app) => app.Use((context, next) =>
        context.Request.Method == HttpMethods.Put && Interlocked.Increment(ref _count) <= times
            ? RefuseAsync(context.Response)
            : next(context));

    private Task RefuseAsync(HttpResponse response)
    {
        response.StatusCode = status;
        response.ContentType = "application/problem+json";
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        if (retryAfter is { } wait)
        {
            response.Headers.RetryAfter = ((long)wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        }

        return response.WriteAsync(
            $$"""{"title":"Refused","status":{{status.ToString(CultureInfo.InvariantCulture)}},"detail":"No.","error":"{{code}}"}""");
    }
}
